import { createHash, randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ownClaim } from '../process/process-claim.ts';
import { processStart } from '../process/process-start.ts';

/** A file of another machine's process, which cannot be asked, counts as left behind when untouched for so long. */
const FOREIGN_FILE_LIFE_MS = 24 * 3600 * 1000;

/** A name for a temporary file that says whose it is: `<machine>-<pid>-<start>-<uuid>`. */
export async function temporaryName(): Promise<string> {
  const { host, pid, started } = await ownClaim();
  return `${short(host)}-${pid}-${short(started)}-${randomUUID()}`;
}

/** Removes the temporary files of processes that have died. */
export async function removeOrphans(folder: string): Promise<void> {
  const machine = short((await ownClaim()).host);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const [host, pid, started] = name.split('-');
    const orphaned =
      host === machine ? !(await isRunning(Number(pid), started)) : await isOlderThan(path, FOREIGN_FILE_LIFE_MS);
    if (orphaned) await rm(path, { recursive: true, force: true });
  }
}

async function isRunning(pid: number, started: string | undefined): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return short(await processStart(pid)) === started;
}

async function isOlderThan(path: string, milliseconds: number): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
  return Date.now() - mtimeMs > milliseconds;
}

/** Twelve hexadecimal digits in place of a text that may hold anything. */
function short(text: string | null): string {
  return createHash('sha256')
    .update(text ?? '')
    .digest('hex')
    .slice(0, 12);
}
