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
}

/** Makes the folders of a server. */
export async function openDataFolders(data: string): Promise<DataFolders> {
  const folders = {
    database: join(data, 'database'),
    objects: join(data, 'objects'),
    work: join(data, 'work'),
    keyFile: join(data, 'api-key.txt'),
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

/** Writes the key where only the server's user can read it. */
export async function writeKey(keyFile: string, key: string): Promise<void> {
  await writeFile(keyFile, `${key}\n`, { mode: 0o600 });
}
