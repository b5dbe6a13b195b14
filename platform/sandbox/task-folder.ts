import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { outputLimitExceeded, sandboxCrashed } from './errors.ts';

/** More files than this in a task's folder count as an attack on the file system. */
const MAX_ENTRIES = 20_000;

/** Sessions of this process, so that it never takes one of its own pools for a leftover. */
const liveSessions = new Set<string>();

/**
 * Makes the folder that holds a pool's task folders, `<folder>/<name>/<pid>-<random>`, and removes what killed
 * processes left behind there.
 */
export async function openSessionFolder(folder: string, name: string): Promise<string> {
  const pool = join(folder, name);
  await mkdir(pool, { recursive: true, mode: 0o700 });
  // Node's permission model compares real paths.
  const base = await realpath(pool);
  for (const entry of await readdir(base)) {
    if (isLeftover(entry)) await rm(join(base, entry), { recursive: true, force: true });
  }
  const session = `${process.pid}-${randomBytes(6).toString('hex')}`;
  liveSessions.add(session);
  const path = join(base, session);
  await mkdir(path, { mode: 0o700 });
  return path;
}

/** Removes a pool's folder. */
export async function closeSessionFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
  liveSessions.delete(path.slice(path.lastIndexOf('/') + 1));
}

/** Removes everything in a folder, and keeps the folder. */
export async function emptyFolder(path: string): Promise<void> {
  for (const entry of await readdir(path)) await rm(join(path, entry), { recursive: true, force: true, maxRetries: 3 });
}

/**
 * Bytes of all files in a folder.
 * @throws MaquetteError `output_limit_exceeded` when there are too many files; `sandbox_crashed` when there is anything
 * that is neither a file nor a folder: whoever reads a symbolic link out of the folder would read what it points to.
 */
export async function folderBytes(path: string): Promise<number> {
  let bytes = 0;
  let entries = 0;
  const pending = [path];
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    for (const name of await readdir(folder)) {
      if (++entries > MAX_ENTRIES) throw outputLimitExceeded(`the work made more than ${MAX_ENTRIES} files`);
      const inside = join(folder, name);
      const stats = await lstat(inside).catch(() => null);
      if (stats === null) continue;
      if (stats.isDirectory()) pending.push(inside);
      else if (stats.isFile() && stats.nlink === 1) bytes += stats.size;
      else throw sandboxCrashed('the worker process made something that is not a plain file');
    }
  }
  return bytes;
}

function isLeftover(entry: string): boolean {
  if (liveSessions.has(entry)) return false;
  const pid = Number.parseInt(entry, 10);
  // The same process id with another random part: an earlier process of a container in which ids repeat.
  if (!(pid > 0) || pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM');
  }
}
