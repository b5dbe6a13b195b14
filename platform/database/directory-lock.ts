import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { claimState, ownClaim, type ProcessClaim } from '../process/process-claim.ts';
import { dataDirectoryLocked } from './errors.ts';

/** A held lock. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/** The lock of a process on another machine, which cannot be asked, counts as dead when untouched for so long. */
const FOREIGN_LOCK_LIFE_MS = 15_000;
const TOUCH_EVERY_MS = 4_000;
const ATTEMPTS = 8;

/**
 * Locks a directory for this process: of all processes that try, one holds it. A lock whose process has died, by
 * kill -9 too, or whose pid now belongs to another process, does not count.
 *
 * Every process that wants the lock puts a file of its own into `locks/` and only then looks at the others': of two
 * that try at once at least one sees the other. Who sees a living one takes its file back. Unlike with a single lock
 * file, a stale one can be removed without the danger of removing somebody's fresh one.
 * @throws MaquetteError `data_directory_locked`
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const folder = join(directory, 'locks');
  await mkdir(folder, { recursive: true });
  const own = join(folder, `${process.pid}-${randomUUID()}`);
  const claim = await ownClaim();

  for (let attempt = 1; ; attempt++) {
    // Written aside and renamed: nobody reads half a claim.
    await writeFile(`${own}.new`, JSON.stringify(claim));
    await rename(`${own}.new`, own);
    const holder = await findLiving(folder, own);
    if (holder === null) break;
    await unlink(own);
    // The other one may only be trying too: then the one that comes back alone gets it.
    const foreign = holder.claim.host !== claim.host;
    if (foreign ? await staysAlive(holder) : attempt === ATTEMPTS) {
      throw dataDirectoryLocked(directory, holder.claim.pid, foreign ? holder.claim.host : null);
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
  }

  const touch = setInterval(() => {
    const now = new Date();
    utimes(own, now, now).catch(() => {});
  }, TOUCH_EVERY_MS).unref();
  return {
    async release() {
      clearInterval(touch);
      await unlink(own).catch(() => {});
    },
  };
}

/** Another process's lock file. */
interface Holder {
  claim: ProcessClaim;
  path: string;
}

/** The claim of another living process; files of dead ones are removed on the way. */
async function findLiving(folder: string, own: string): Promise<Holder | null> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (path === own) continue;
    const claim = await readClaim(path);
    if (claim !== null && (await isAlive(claim, path))) return { claim, path };
    // A `.new` file is not a claim yet; an old one was left by a process that died.
    if (claim !== null || Date.now() - (await touchedAt(path)) > 60_000) await unlink(path).catch(() => {});
  }
  return null;
}

async function readClaim(path: string): Promise<ProcessClaim | null> {
  if (path.endsWith('.new')) return null;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessClaim;
  } catch {
    return null;
  }
}

async function isAlive(claim: ProcessClaim, path: string): Promise<boolean> {
  const state = await claimState(claim);
  if (state === 'foreign') return Date.now() - (await touchedAt(path)) < FOREIGN_LOCK_LIFE_MS;
  return state === 'alive';
}

/** Waits until a lock of another machine is touched again (true) or has lain untouched for too long (false). */
async function staysAlive({ path }: Holder): Promise<boolean> {
  const seen = await touchedAt(path);
  for (let now = seen; Date.now() - now < FOREIGN_LOCK_LIFE_MS; now = await touchedAt(path)) {
    if (now !== seen) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return false;
}

async function touchedAt(path: string): Promise<number> {
  return (await stat(path).catch(() => ({ mtimeMs: 0 }))).mtimeMs;
}
