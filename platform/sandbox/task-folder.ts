import { randomBytes } from 'node:crypto';
import { lstat, mkdir, readdir, readFile, realpath, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { claimState, ownClaim } from '../process/process-claim.ts';
import { outputLimitExceeded, sandboxCrashed } from './errors.ts';

/** More files than this in a task's folder count as an attack on the file system. */
const MAX_ENTRIES = 20_000;

/** File in a session's folder that says whose it is. */
const CLAIM_FILE = 'claim.json';
/** A live session's folder is touched more often than this; needed where its process cannot be asked (see below). */
const FOREIGN_LEFTOVER_MS = 10 * 60_000;

const Claim = z.object({ pid: z.int(), started: z.string().nullable(), host: z.string() });

/**
 * Makes the folder that holds a pool's task folders, `<folder>/<name>/<random>`, and removes what killed servers left
 * behind there.
 */
export async function openSessionFolder(folder: string, name: string): Promise<string> {
  const pool = join(folder, name);
  await mkdir(pool, { recursive: true, mode: 0o700 });
  // Node's permission model compares real paths.
  const base = await realpath(pool);
  for (const entry of await readdir(base)) {
    const session = join(base, entry);
    if (await isLeftover(session)) await rm(session, { recursive: true, force: true });
  }
  const path = join(base, randomBytes(8).toString('hex'));
  await mkdir(path, { mode: 0o700 });
  await writeFile(join(path, CLAIM_FILE), JSON.stringify(await ownClaim()));
  return path;
}

/** Shows other servers on the same folder that this session lives. */
export async function touchSessionFolder(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
}

/** Removes a pool's folder. */
export async function closeSessionFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
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

/**
 * Whether a session's process is gone. A server in another container cannot be asked: its folder is a leftover once
 * nobody has touched it for a while. A folder without a claim is being made, or was left while it was.
 */
async function isLeftover(session: string): Promise<boolean> {
  const untouched = await stat(session).then(
    (stats) => Date.now() - stats.mtimeMs > FOREIGN_LEFTOVER_MS,
    () => false,
  );
  try {
    const claim = Claim.parse(JSON.parse(await readFile(join(session, CLAIM_FILE), 'utf8')));
    const state = await claimState(claim);
    return state === 'dead' || (state === 'foreign' && untouched);
  } catch {
    return untouched;
  }
}
