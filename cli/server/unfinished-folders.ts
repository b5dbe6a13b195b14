import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type AssetId, idSchema } from '#contracts/ids/ids.ts';
import { fileKey, uploadStateFolder, writeState } from './kept-uploads.ts';

/** After this long a command is not the repetition of another one any more. */
const KEPT_MS = 24 * 3_600_000;

const State = z.record(z.string(), z.object({ time: z.number(), assets: z.record(z.string(), idSchema('asset')) }));
type State = z.infer<typeof State>;

/** What makes two commands the same. */
export interface UploadCommand {
  server: string;
  key: string;
  paths: readonly string[];
  /** Where the assets go, as the options say. */
  project: string | undefined;
}

/**
 * Which models of an upload of several have become assets: the same command, repeated within a day because it was
 * stopped or some models failed, goes on with the others. Forgotten once all of them are there.
 */
export class UnfinishedFolder {
  readonly #command: string;
  readonly #server: string;
  readonly #path: string;

  constructor(
    { server, key, paths, project }: UploadCommand,
    path = join(uploadStateFolder(), 'unfinished-folders.json'),
  ) {
    this.#server = server.replace(/\/+$/, '');
    const parts = [this.#server, key, project ?? null, ...paths.map((word) => resolve(word))];
    this.#command = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    this.#path = path;
  }

  /** The asset that a file became before; undefined for one that is new or has changed. */
  async find(path: string): Promise<AssetId | undefined> {
    return (await this.#read())[this.#command]?.assets[await fileKey(this.#server, path)];
  }

  /** Takes note of a file that became an asset. */
  async add(path: string, id: AssetId): Promise<void> {
    const state = await this.#read();
    const assets = { ...state[this.#command]?.assets, [await fileKey(this.#server, path)]: id };
    await writeState(this.#path, { ...state, [this.#command]: { time: Date.now(), assets } });
  }

  /** Forgets the command: all of it is done. */
  async forget(): Promise<void> {
    const { [this.#command]: gone, ...others } = await this.#read();
    if (gone !== undefined) await writeState(this.#path, others);
  }

  async #read(): Promise<State> {
    try {
      const state = State.parse(JSON.parse(await readFile(this.#path, 'utf8')));
      return Object.fromEntries(Object.entries(state).filter(([, { time }]) => time > Date.now() - KEPT_MS));
    } catch {
      // What cannot be read is no more than models that are sent again.
      return {};
    }
  }
}
