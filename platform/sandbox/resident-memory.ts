import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Resident memory of a process and its descendants, in bytes, seen from outside: from `/proc`, or with `ps` where there
 * is no `/proc`. 0 when the process is gone or nothing can be said.
 */
export async function residentMemory(pid: number): Promise<number> {
  if (process.platform === 'linux') return fromProc(pid, 0);
  if (process.platform === 'win32') return 0;
  try {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number.parseInt(stdout, 10) * 1024 || 0;
  } catch {
    return 0;
  }
}

async function fromProc(pid: number, depth: number): Promise<number> {
  const [status, children] = await Promise.all([
    read(`/proc/${pid}/status`),
    // Wrappers (`unshare --fork`) put the process a level or two below the one that was spawned.
    depth < 4 ? read(`/proc/${pid}/task/${pid}/children`) : '',
  ]);
  const kib = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
  const swapped = Number(/^VmSwap:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
  const below = await Promise.all(
    children
      .split(' ')
      .filter((text) => text !== '')
      .map((text) => fromProc(Number(text), depth + 1)),
  );
  return (kib + swapped) * 1024 + below.reduce((sum, bytes) => sum + bytes, 0);
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}
