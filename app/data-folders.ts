import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where this server keeps things, below `MAQUETTE_DATA`. */
export interface DataFolders {
  database: string;
  objects: string;
  /** Folders of sandboxed tasks; nothing in it outlives its task. */
  work: string;
  /** The first API key, so that the operator can read it again. */
  keyFile: string;
  /** What secrets in the database are sealed with, unless it is set. */
  sealingKeyFile: string;
}

/** Makes the folders of a server. */
export async function openDataFolders(data: string): Promise<DataFolders> {
  const folders = {
    database: join(data, 'database'),
    objects: join(data, 'objects'),
    work: join(data, 'work'),
    keyFile: join(data, 'api-key.txt'),
    sealingKeyFile: join(data, 'sealing-key.txt'),
  };
  await mkdir(data, { recursive: true });
  await mkdir(folders.work, { recursive: true });
  return folders;
}

/** The key that an earlier start wrote down, if any. */
export async function readKey(keyFile: string): Promise<string | undefined> {
  const text = await readFile(keyFile, 'utf8').catch(() => undefined);
  return text?.trim();
}

/**
 * The key of the secrets in the database: made at the first start, and kept readable for the server's user alone. Lost,
 * the webhooks need new secrets.
 */
export async function sealingKeyOf({ sealingKeyFile: file }: DataFolders): Promise<string> {
  const made = randomBytes(32).toString('base64');
  // Whoever is first, of several processes that start at once, makes it.
  await writeFile(file, `${made}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return (await readFile(file, 'utf8')).trim();
}

/** Writes the key where only the server's user can read it. */
export async function writeKey(keyFile: string, key: string): Promise<void> {
  await writeFile(keyFile, `${key}\n`, { mode: 0o600 });
}
