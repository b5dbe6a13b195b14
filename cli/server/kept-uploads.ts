import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { idSchema, type UploadId } from '#contracts/ids/ids.ts';

/** Unfinished uploads are kept for so many files; servers forget theirs after a while anyway. */
const MOST_KEPT = 500;

const Kept = z.record(z.string(), idSchema('upload'));

/** Where unfinished uploads are noted: in the user's folder of state (XDG Base Directory). */
export function keptUploadsPath(environment: NodeJS.ProcessEnv = process.env): string {
  return join(uploadStateFolder(environment), 'uploads.json');
}

/** The folder in which uploads keep what they have to know when they are repeated. */
export function uploadStateFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const folder =
    environment.XDG_STATE_HOME ||
    (process.platform === 'win32' && environment.LOCALAPPDATA) ||
    join(environment.HOME || homedir(), '.local', 'state');
  return join(folder, 'maquette');
}

/** Uploads that were begun and have not become an asset: the next upload of the same files goes on with them. */
export class KeptUploads {
  readonly #path: string;
  readonly #server: string;

  /** @param server address of the server that the uploads are on. */
  constructor(server: string, path = keptUploadsPath()) {
    this.#server = server.replace(/\/+$/, '');
    this.#path = path;
  }

  /** The uploads of files that were begun before, by their names. @param paths where each file is, by its name. */
  async find(paths: ReadonlyMap<string, string>): Promise<Map<string, UploadId>> {
    const kept = await this.#read();
    const found = new Map<string, UploadId>();
    for (const [name, path] of paths) {
      const id = kept[await this.#keyOf(path)];
      if (id !== undefined) found.set(name, id);
    }
    return found;
  }

  /** Takes note of an upload that was begun. */
  async add(path: string, id: UploadId): Promise<void> {
    const entries = Object.entries({ ...(await this.#read()), [await this.#keyOf(path)]: id });
    await this.#write(Object.fromEntries(entries.slice(-MOST_KEPT)));
  }

  /** Forgets files whose uploads became an asset. */
  async forget(paths: Iterable<string>): Promise<void> {
    const kept = await this.#read();
    for (const path of paths) delete kept[await this.#keyOf(path)];
    await this.#write(kept);
  }

  #keyOf(path: string): Promise<string> {
    return fileKey(this.#server, path);
  }

  async #read(): Promise<Record<string, UploadId>> {
    try {
      return Kept.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch {
      // What cannot be read is no more than uploads that begin anew.
      return {};
    }
  }

  #write(kept: Record<string, UploadId>): Promise<void> {
    return writeState(this.#path, kept);
  }
}

/** What a file is known by: it is the same while its place, size and time of change are. */
export async function fileKey(server: string, path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return createHash('sha256')
    .update(JSON.stringify([server, resolve(path), size, mtimeMs]))
    .digest('hex');
}

/** Writes a file of state, whole or not at all. */
export async function writeState(path: string, state: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, JSON.stringify(state));
  await rename(beside, path);
}
