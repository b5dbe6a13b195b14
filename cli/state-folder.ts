import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { ModelFile } from '#engine/formats/model-file.ts';
import type { StateCache } from '#engine/operations/step-state.ts';
import { UsageError } from './command.ts';

/** Everything else in the folder is left alone. */
const STATE_FILE = /^[0-9a-f]{64}\.state$/;
const PART_FILE = /^[0-9a-f]{64}\.\d+\.part$/;
/** A file that is still being written after so long belongs to nobody. */
const PART_MS = 3_600_000;
const DIGEST_BYTES = 32;

/**
 * Results of steps in a folder, one file each: the SHA-256 of the state, then the state. What was used longest ago goes
 * when there is more than `mostBytes`. Several processes may use one folder: files appear whole, and one that is gone
 * is made anew.
 */
export class StateFolder implements StateCache {
  readonly #folder: string;
  readonly #mostBytes: number;

  private constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /** Opens a folder, and makes it where there is none. @throws UsageError where that cannot be */
  static async open(folder: string, mostBytes: number): Promise<StateFolder> {
    await mkdir(folder, { recursive: true }).catch((error: Error) => {
      throw new UsageError(`--cache: ${folder} cannot be used: ${error.message}`);
    });
    return new StateFolder(folder, mostBytes);
  }

  async read(key: Sha256): Promise<Uint8Array | null> {
    const path = this.#pathOf(key);
    const bytes = await readFile(path).catch(() => null);
    if (!bytes) return null;
    const state = bytes.subarray(DIGEST_BYTES);
    if (!digestOf([state]).equals(bytes.subarray(0, DIGEST_BYTES))) {
      await rm(path, { force: true }).catch(() => {});
      return null;
    }
    const now = new Date();
    await utimes(path, now, now).catch(() => {});
    return state;
  }

  /** What cannot be written is not kept: the recipe goes on without. */
  async write(key: Sha256, state: Uint8Array): Promise<void> {
    if (state.byteLength + DIGEST_BYTES > this.#mostBytes) return;
    const part = join(this.#folder, `${key}.${process.pid}.part`);
    try {
      await writeFile(part, [digestOf([state]), state]);
      await rename(part, this.#pathOf(key));
      await this.#forget();
    } catch {
      await rm(part, { force: true }).catch(() => {});
    }
  }

  #pathOf(key: Sha256): string {
    return join(this.#folder, `${key}.state`);
  }

  /** Removes what was used longest ago until no more than `mostBytes` are left, and what was never finished. */
  async #forget(): Promise<void> {
    const found: { path: string; bytes: number; usedAt: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      if (!STATE_FILE.test(name) && !PART_FILE.test(name)) continue;
      const path = join(this.#folder, name);
      const stats = await stat(path).catch(() => null);
      if (!stats) continue;
      if (STATE_FILE.test(name)) found.push({ path, bytes: stats.size, usedAt: stats.mtimeMs });
      else if (Date.now() - stats.mtimeMs > PART_MS) await rm(path, { force: true });
    }
    let left = this.#mostBytes;
    for (const { path, bytes } of found.sort((a, b) => b.usedAt - a.usedAt)) {
      left -= bytes;
      if (left < 0) await rm(path, { force: true });
    }
  }
}

/** The name of a model in the keys of what is made of it: of all its files, with their names. */
export function sourceKey(files: readonly ModelFile[]): Sha256 {
  const parts = files.flatMap(({ name, bytes }) => [
    new TextEncoder().encode(JSON.stringify([name, bytes.byteLength])),
    bytes,
  ]);
  return digestOf(parts).toString('hex');
}

function digestOf(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
