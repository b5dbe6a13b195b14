import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore, StoredObject } from './objects.ts';

/** A store of its own, which is empty. */
export interface OpenedStore {
  store: ObjectStore;
  /** Another process's view of the same blobs. */
  openAnother(): Promise<ObjectStore>;
  close(): Promise<void>;
}

const ABSENT = 'ab'.repeat(32);

setFlagsFromString('--expose-gc');
/** Frees what nothing refers to any more; a context that begins after the flag has it. */
const collectGarbage = runInNewContext('gc') as () => void;

/** What every adapter of the object port does. */
export function describeObjectsContract(
  name: string,
  open: () => Promise<OpenedStore>,
  { megabytes = 300 }: { /** Of the blob that must not fill the memory. */ megabytes?: number } = {},
): void {
  describe(`the objects contract on ${name}`, () => {
    let opened: OpenedStore;
    let store: ObjectStore;
    let folder: string;
    let files = 0;

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
      folder = await mkdtemp(join(tmpdir(), 'maquette-objects-'));
    });
    afterAll(async () => {
      await opened?.close();
      await rm(folder, { recursive: true, force: true });
    });

    const newPath = () => join(folder, String(files++));
    const put = (bytes: Uint8Array) => store.put(pieces(bytes, 1_000));
    const get = async (sha256: string, range?: { start: number; end: number }) =>
      buffer(await store.read(sha256, range));
    async function names(): Promise<string[]> {
      const found: string[] = [];
      for await (const { sha256 } of store.list()) found.push(sha256);
      return found;
    }

    describe('put', () => {
      it.each([0, 1, 1_000, 65_536, 262_144, 262_145, 3_000_001])(
        'stores %i bytes under their hash, whatever pieces they come in',
        async (size) => {
          const bytes = randomBytes(size);
          const expected: StoredObject = { sha256: hashOf(bytes), bytes: size };
          for (const piece of [7, 65_536, 1_000_000]) {
            if (size / piece > 100_000) continue;
            expect(await store.put(pieces(bytes, piece))).toEqual(expected);
          }
          expect((await get(expected.sha256)).equals(bytes)).toBe(true);
        },
      );

      it('stores a local file, which stays', async () => {
        const path = newPath();
        const bytes = randomBytes(700_000);
        await writeFile(path, bytes);
        expect(await store.putFile(path)).toEqual({ sha256: hashOf(bytes), bytes: bytes.length });
        expect((await get(hashOf(bytes))).equals(bytes)).toBe(true);
        await writeFile(path, 'changed afterwards');
        expect((await get(hashOf(bytes))).equals(bytes)).toBe(true);
      });

      it('tells who made a blob, and when, and not who only stored it again', async () => {
        const bytes = randomBytes(5_000);
        const made: Date[] = [];
        const onMade = (at: Date) => void made.push(at);
        const { sha256 } = await store.put(pieces(bytes, 1_000), { onMade });
        expect(made).toEqual([(await store.stat(sha256))?.modifiedAt]);
        await sleep(5);
        await store.put(pieces(bytes, 1_000), { onMade });
        expect(made).toHaveLength(1);
        expect((await store.stat(sha256))?.modifiedAt.getTime()).toBeGreaterThan(made[0]!.getTime());
      });

      it('makes one blob of the same bytes that come many times at once', async () => {
        const bytes = randomBytes(300_000);
        const another = await opened.openAnother();
        const stores = [store, another, store, another, store, another, store, another];
        const stored = await Promise.all(stores.map((one) => one.put(pieces(bytes, 5_000))));
        expect(new Set(stored.map(({ sha256 }) => sha256))).toEqual(new Set([hashOf(bytes)]));
        expect((await names()).filter((sha256) => sha256 === hashOf(bytes))).toHaveLength(1);
        expect((await get(hashOf(bytes))).equals(bytes)).toBe(true);
        await another.close();
      });

      it('stops at the limit, tells the source to stop, and keeps nothing', async () => {
        const before = await names();
        let given = 0;
        let told = false;
        async function* endless(): AsyncGenerator<Uint8Array> {
          try {
            for (;;) {
              given++;
              yield randomBytes(100_000);
            }
          } finally {
            told = true;
          }
        }
        await expect(store.put(endless(), { limitBytes: 1_000_000 })).rejects.toMatchObject({
          code: 'payload_too_large',
          message: expect.stringContaining('1000000'),
        });
        await sleep(10);
        expect(told).toBe(true);
        expect(given).toBeLessThan(20);
        expect(await names()).toEqual(before);
      });

      it('takes exactly as many bytes as the limit says', async () => {
        const bytes = randomBytes(500_000);
        expect(await store.put(pieces(bytes, 9_999), { limitBytes: 500_000 })).toMatchObject({ bytes: 500_000 });
      });

      it('throws what the source throws, and keeps nothing', async () => {
        const before = await names();
        const broken = new Error('the client went away');
        async function* breaking(): AsyncGenerator<Uint8Array> {
          yield randomBytes(500_000);
          throw broken;
        }
        await expect(store.put(breaking())).rejects.toBe(broken);
        expect(await names()).toEqual(before);
      });

      it('stops when it is told to, even while the source is silent', async () => {
        const before = await names();
        const controller = new AbortController();
        async function* silent(): AsyncGenerator<Uint8Array> {
          yield randomBytes(1_000);
          await new Promise(() => {});
        }
        const putting = store.put(silent(), { signal: controller.signal });
        await sleep(20);
        controller.abort(new Error('enough'));
        await expect(putting).rejects.toThrow('enough');
        expect(await names()).toEqual(before);
        await expect(store.put(silent(), { signal: controller.signal })).rejects.toThrow('enough');
      });

      it('keeps memory flat', async () => {
        const chunk = randomBytes(64 * 1024);
        async function* large(): AsyncGenerator<Uint8Array> {
          for (let index = 0; index < megabytes * 16; index++) {
            chunk.writeUInt32LE(index);
            yield Buffer.from(chunk);
          }
        }
        // Memory of buffers, which is where a blob held whole would be; without what nobody has collected yet.
        const limit = (megabytes / 2) * 2 ** 20;
        const taken = () => process.memoryUsage().arrayBuffers;
        const before = taken();
        let peak = 0;
        const watch = setInterval(() => {
          if (taken() - before > limit) collectGarbage();
          peak = Math.max(peak, taken() - before);
        }, 5);
        const { sha256, bytes } = await store.put(large());
        for await (const piece of await store.read(sha256)) void piece;
        clearInterval(watch);
        expect(bytes).toBe(megabytes * 2 ** 20);
        expect(peak).toBeLessThan(limit);
        await store.delete(sha256);
      });
    });

    describe('read', () => {
      it('gives any part', async () => {
        const bytes = randomBytes(1_000_000);
        const { sha256 } = await put(bytes);
        const ranges: [number, number][] = [
          [0, 0],
          [0, 999_999],
          [999_999, 999_999],
          [262_143, 262_144],
          [123_456, 765_432],
        ];
        for (const [start, end] of ranges) {
          expect((await get(sha256, { start, end })).equals(bytes.subarray(start, end + 1))).toBe(true);
        }
        // As in HTTP, an end behind the blob's means its end.
        expect((await get(sha256, { start: 999_990, end: 2_000_000 })).equals(bytes.subarray(999_990))).toBe(true);
      });

      it('refuses a part that the blob does not have', async () => {
        const { sha256 } = await put(randomBytes(100));
        for (const range of [
          { start: 100, end: 200 },
          { start: 50, end: 40 },
          { start: -1, end: 5 },
        ]) {
          await expect(store.read(sha256, range)).rejects.toMatchObject({ code: 'range_not_satisfiable' });
        }
      });

      it('says before the first byte that there is no such blob', async () => {
        await expect(store.read(ABSENT)).rejects.toMatchObject({ code: 'not_found', where: ABSENT });
        await expect(store.copyTo(ABSENT, newPath())).rejects.toMatchObject({ code: 'not_found' });
        expect(await store.stat(ABSENT)).toBeNull();
      });

      it('takes nothing but a hash for a name', async () => {
        for (const name of ['', '../../etc/passwd', `${'a'.repeat(63)}/`, 'AB'.repeat(32), `${ABSENT}.tmp`]) {
          await expect(store.read(name)).rejects.toMatchObject({ code: 'not_found' });
          expect(await store.stat(name)).toBeNull();
          await store.delete(name);
        }
      });

      it('lets readers at work finish when the blob is deleted', async () => {
        const bytes = randomBytes(5_000_000);
        const { sha256 } = await put(bytes);
        const stream = await store.read(sha256);
        await store.delete(sha256);
        expect((await buffer(stream)).equals(bytes)).toBe(true);
        expect(await store.stat(sha256)).toBeNull();
      });
    });

    describe('copyTo', () => {
      it('makes a file that can be changed without harm to the blob', async () => {
        const bytes = randomBytes(400_000);
        const { sha256 } = await put(bytes);
        const path = newPath();
        await store.copyTo(sha256, path);
        expect((await readFile(path)).equals(bytes)).toBe(true);
        await writeFile(path, 'changed');
        expect((await get(sha256)).equals(bytes)).toBe(true);
      });

      it('does not write over a file', async () => {
        const { sha256 } = await put(randomBytes(100));
        const path = newPath();
        await writeFile(path, 'mine');
        await expect(store.copyTo(sha256, path)).rejects.toMatchObject({ code: 'storage_failed' });
        expect(await readFile(path, 'utf8')).toBe('mine');
      });
    });

    describe('list, stat and delete', () => {
      it('agree', async () => {
        const stored = await Promise.all([10, 20, 30].map((size) => put(randomBytes(size))));
        const listed = new Map<string, number>();
        for await (const { sha256, bytes } of store.list()) listed.set(sha256, bytes);
        for (const { sha256, bytes } of stored) {
          expect(listed.get(sha256)).toBe(bytes);
          expect(await store.stat(sha256)).toMatchObject({ sha256, bytes, modifiedAt: expect.any(Date) });
          await store.delete(sha256);
          await store.delete(sha256);
          expect(await store.stat(sha256)).toBeNull();
        }
        const left = await names();
        for (const { sha256 } of stored) expect(left).not.toContain(sha256);
      });

      it('leave a blob that was stored again since', async () => {
        const bytes = randomBytes(1_000);
        const { sha256 } = await put(bytes);
        await sleep(30);
        const sweep = new Date();
        await sleep(30);
        await put(bytes);
        await store.delete(sha256, sweep);
        expect((await get(sha256)).equals(bytes)).toBe(true);
        await sleep(30);
        await store.delete(sha256, new Date());
        expect(await store.stat(sha256)).toBeNull();
      });
    });
  });
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += size) yield bytes.subarray(offset, offset + size);
}
