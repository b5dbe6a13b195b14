import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import {
  chmod,
  copyFile,
  type FileHandle,
  link,
  mkdir,
  open,
  opendir,
  readdir,
  rename,
  rm,
  stat,
  unlink,
  utimes,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { objectNotFound, objectStorageFailed, rangeOutside } from './errors.ts';
import { OBJECT_NAME, type ObjectStore, type PutOptions, type StoredObject } from './objects.ts';
import { attempt, CHUNK_BYTES, spool } from './spool.ts';
import { removeOrphans, temporaryName } from './temporary-files.ts';

/** What file systems say that have no hard links. */
const WITHOUT_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Options of `openFolderStore`. */
export interface FolderStoreOptions {
  /** Where the blobs lie; made when it is not there. Several processes may use it at once. */
  directory: string;
}

/**
 * Object storage in a folder: blob `abcd…` is the file `ab/cd/abcd…`, read-only. A blob is written to `tmp/`, fsynced and
 * linked into place, then its folder is fsynced: after `put` it is on the disk, before it is not there at all.
 */
export async function openFolderStore({ directory }: FolderStoreOptions): Promise<ObjectStore> {
  const root = resolve(directory);
  const temporary = join(root, 'tmp');
  try {
    await mkdir(temporary, { recursive: true });
    await removeOrphans(temporary);
  } catch (error) {
    throw objectStorageFailed(`The object folder ${root} cannot be opened`, error);
  }
  /** Folders that are known to exist, so that a put does not make them again. */
  const folders = new Set<string>();

  function pathOf(sha256: Sha256): string {
    // Names come from requests too: nothing but a hash may become a path.
    if (!OBJECT_NAME.test(sha256)) throw objectNotFound(sha256);
    return join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
  }

  async function put(source: AsyncIterable<Uint8Array>, options: PutOptions = {}): Promise<StoredObject> {
    options.signal?.throwIfAborted();
    const path = join(temporary, await temporaryName());
    const file = await attempt('A file for the upload cannot be made', open(path, 'wx', 0o600));
    try {
      const stored = await spool(file, source, options);
      const madeAt = await attempt('The upload cannot be stored', finish(file, path, stored.sha256));
      if (madeAt !== null) options.onMade?.(madeAt);
      return stored;
    } catch (error) {
      await file.close().catch(() => {});
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Makes a written temporary file the blob; says when that was, or null where it was there before. */
  async function finish(file: FileHandle, path: string, sha256: Sha256): Promise<Date | null> {
    const target = pathOf(sha256);
    if (await touch(target)) {
      await file.close();
      await unlink(path);
      return null;
    }
    await file.chmod(0o444);
    await file.sync();
    const { mtime } = await file.stat();
    await file.close();
    const folder = dirname(target);
    if (!folders.has(folder)) {
      await mkdir(folder, { recursive: true });
      await syncFolder(dirname(folder));
      await syncFolder(root);
      folders.add(folder);
    }
    const made = await place(path, target);
    await syncFolder(folder);
    return made ? mtime : null;
  }

  async function putFile(source: string): Promise<StoredObject> {
    const path = join(temporary, await temporaryName());
    try {
      // Where the file system can share blocks the bytes are only read, not written again.
      await copyFile(source, path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
    } catch {
      await rm(path, { force: true });
      return put(createReadStream(source, { highWaterMark: CHUNK_BYTES }));
    }
    try {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      const sha256: Sha256 = hash.digest('hex');
      await attempt(
        'The file cannot be stored',
        open(path, 'r').then((file) => finish(file, path, sha256)),
      );
      return { sha256, bytes };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  async function find(sha256: Sha256): Promise<(StoredObject & { modifiedAt: Date }) | null> {
    if (!OBJECT_NAME.test(sha256)) return null;
    try {
      const { size, mtime } = await stat(pathOf(sha256));
      return { sha256, bytes: size, modifiedAt: mtime };
    } catch (error) {
      if (isMissing(error)) return null;
      throw objectStorageFailed(`Object ${sha256} cannot be looked up`, error);
    }
  }

  async function read(sha256: Sha256, range?: { start: number; end: number }): Promise<Readable> {
    const path = pathOf(sha256);
    let file: FileHandle;
    try {
      file = await open(path, 'r');
    } catch (error) {
      if (isMissing(error)) throw objectNotFound(sha256);
      throw objectStorageFailed(`Object ${sha256} cannot be read`, error);
    }
    if (range !== undefined) {
      const { size } = await file.stat();
      if (!(range.start >= 0 && range.start <= range.end && range.start < size)) {
        await file.close();
        throw rangeOutside(sha256, range.start, range.end, size);
      }
    }
    // The open file outlives a `delete`: who reads it reads it to its end.
    return file.createReadStream({ highWaterMark: CHUNK_BYTES, ...range });
  }

  async function copyTo(sha256: Sha256, path: string): Promise<void> {
    try {
      // Shares the blocks until one side is written to, where the file system can (Btrfs, XFS, APFS).
      await copyFile(pathOf(sha256), path, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(path, 0o644);
    } catch (error) {
      if (error instanceof MaquetteError) throw error;
      if (isMissing(error) && !(await isFile(pathOf(sha256)))) throw objectNotFound(sha256);
      throw objectStorageFailed(`Object ${sha256} cannot be copied to ${path}`, error);
    }
  }

  async function remove(sha256: Sha256, modifiedBefore?: Date): Promise<void> {
    if (!OBJECT_NAME.test(sha256)) return;
    try {
      if (modifiedBefore !== undefined) {
        const found = await find(sha256);
        if (found === null || found.modifiedAt >= modifiedBefore) return;
      }
      await rm(pathOf(sha256), { force: true });
    } catch (error) {
      throw objectStorageFailed(`Object ${sha256} cannot be removed`, error);
    }
  }

  async function* list(): AsyncGenerator<StoredObject & { modifiedAt: Date }> {
    for (const folder of await subfolders(root)) {
      for (const inner of await subfolders(join(root, folder))) {
        for await (const entry of await opendir(join(root, folder, inner))) {
          const found = await find(entry.name);
          if (found !== null) yield found;
        }
      }
    }
  }

  return { put, putFile, stat: find, read, copyTo, delete: remove, list, close: async () => {} };
}

/** Marks a blob as stored again; false when there is none. */
async function touch(path: string): Promise<boolean> {
  const now = new Date();
  try {
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

/**
 * Gives a temporary file its final name, and says whether it was this one that did: of the same bytes that come several
 * times at once one makes the blob, and the others mark it as stored again.
 */
async function place(path: string, target: string): Promise<boolean> {
  while (true) {
    try {
      await link(path, target);
      await unlink(path);
      return true;
    } catch (error) {
      if (WITHOUT_LINKS.has(codeOf(error))) {
        await rename(path, target);
        return true;
      }
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    // Removed in between: then it is to be made after all.
    if (await touch(target)) {
      await unlink(path);
      return false;
    }
  }
}

/** Makes a new name or a new folder survive a loss of power. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Folders of the layout: two hexadecimal digits. */
async function subfolders(path: string): Promise<string[]> {
  return (await readdir(path)).filter((name) => /^[0-9a-f]{2}$/.test(name));
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | null)?.code ?? '';
}
