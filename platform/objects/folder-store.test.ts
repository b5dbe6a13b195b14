import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFolderStore } from './folder-store.ts';
import { describeObjectsContract } from './objects.contract.ts';

describeObjectsContract('a folder', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'maquette-store-'));
  return {
    store: await openFolderStore({ directory }),
    openAnother: () => openFolderStore({ directory }),
    async close() {
      expect(await readdir(join(directory, 'tmp'))).toEqual([]);
      await rm(directory, { recursive: true, force: true });
    },
  };
});

describe('openFolderStore', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'maquette-store-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('lays a blob at ab/cd/<hash>, read-only', async () => {
    const store = await openFolderStore({ directory });
    const { sha256 } = await store.put(only(Buffer.from('a blob')));
    const { mode } = await stat(join(directory, sha256.slice(0, 2), sha256.slice(2, 4), sha256));
    expect(mode & 0o777).toBe(0o444);
  });

  it('tells one alone, of those that store the same bytes at once, that it made the blob', async () => {
    const store = await openFolderStore({ directory });
    for (let round = 0; round < 20; round++) {
      const bytes = Buffer.from(`the same bytes, ${round}`);
      let made = 0;
      const onMade = () => {
        made += 1;
      };
      await Promise.all(Array.from({ length: 4 }, () => store.put(only(bytes), { onMade })));
      expect(made).toBe(1);
    }
  });

  it('removes the temporary files of killed processes, and of no others', async () => {
    const store = await openFolderStore({ directory });
    const own = await startPut(store);
    const child = spawn(process.execPath, [join(import.meta.dirname, 'endless-put.child.ts'), directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    expect(await readdir(join(directory, 'tmp'))).toHaveLength(2);
    await openFolderStore({ directory });
    expect(await readdir(join(directory, 'tmp'))).toHaveLength(2);

    const ended = once(child, 'close');
    child.kill('SIGKILL');
    await ended;
    await openFolderStore({ directory });
    expect(await readdir(join(directory, 'tmp'))).toHaveLength(1);
    await own.finish();
    expect(await readdir(join(directory, 'tmp'))).toEqual([]);
  });

  it('says that a folder cannot be used, and what to do', async () => {
    const path = join(directory, 'not-a-folder');
    await writeFile(path, '');
    await expect(openFolderStore({ directory: path })).rejects.toMatchObject({
      code: 'storage_failed',
      message: expect.stringContaining(path),
      remedy: expect.any(String),
    });
  });
});

/** Begins to store something, and finishes when told to. */
async function startPut(store: Awaited<ReturnType<typeof openFolderStore>>) {
  const { promise, resolve } = Promise.withResolvers<void>();
  async function* slow(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('begun');
    await promise;
  }
  const putting = store.put(slow());
  await new Promise((done) => setTimeout(done, 30));
  return {
    async finish() {
      resolve();
      await putting;
    },
  };
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
