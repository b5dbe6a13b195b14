import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files at once: more do not fit the threads of libuv, and each holds a descriptor. */
const AT_ONCE = 16;

/**
 * Copies a folder of files and folders to a path that does not exist yet; shares the blocks where the file system can.
 * Takes a third of the processor time of `cp` of `node:fs`, which looks at every path several times.
 * @param sync waits until everything is on the disk.
 */
export async function copyTree(source: string, target: string, sync: boolean): Promise<void> {
  await mkdir(target);
  const entries = await readdir(source, { withFileTypes: true });
  for (const folder of entries.filter((entry) => entry.isDirectory())) {
    await copyTree(join(source, folder.name), join(target, folder.name), sync);
  }
  const files = entries.filter((entry) => entry.isFile());
  const loop = async () => {
    for (let file = files.pop(); file !== undefined; file = files.pop()) {
      const path = join(target, file.name);
      await copyFile(join(source, file.name), path, constants.COPYFILE_FICLONE);
      if (sync) await syncPath(path);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));
  if (sync) await syncPath(target);
}

/** Waits until a file's bytes, or a folder's entries, are on the disk. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
