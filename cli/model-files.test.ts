import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFiles } from './model-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-model-files-'));
  await mkdir(join(folder, 'models/textures'), { recursive: true });
  await writeFile(join(folder, 'models/textures/bricks.png'), 'png');
  await writeFile(join(folder, 'secret.png'), 'outside');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const json = JSON.stringify({
  asset: { version: '2.0' },
  images: [{ uri: 'textures/bricks.png' }, { uri: '../secret.png' }, { uri: 'data:image/png;base64,AA==' }],
});

/** A GLB of a JSON chunk alone. */
function glb(text: string): Uint8Array {
  const chunk = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const bytes = new Uint8Array(20 + chunk.length);
  const view = new DataView(bytes.buffer);
  [0x46546c67, 2, bytes.length, chunk.length, 0x4e4f534a].forEach((value, i) => {
    view.setUint32(i * 4, value, true);
  });
  bytes.set(chunk, 20);
  return bytes;
}

test.each([
  ['wall.gltf', new TextEncoder().encode(json)],
  ['wall.glb', glb(json)],
])('%s: textures beside it are read, files outside of its folder are not', async (name, bytes) => {
  const path = join(folder, 'models', name);
  await writeFile(path, bytes);
  expect((await readModelFiles(path)).map((file) => file.name)).toEqual([name, 'textures/bricks.png']);
});

test('a GLB that is cut off is left to the reader', async () => {
  const path = join(folder, 'models/cut.glb');
  await writeFile(path, glb(json).subarray(0, 15));
  expect(await readModelFiles(path)).toHaveLength(1);
});

test('a GLB larger than any buffer is not read for its references', async () => {
  const path = join(folder, 'models/vast.glb');
  await writeFile(path, glb(json));
  await truncate(path, 3 * 2 ** 30);
  expect((await readModelFiles(path)).map((file) => file.name)).toEqual(['vast.glb', 'textures/bricks.png']);
});
