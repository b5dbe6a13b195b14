import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '#contracts/model/default-limits.ts';
import { writeGlb } from '#engine/formats/gltf/write-glb.ts';
import { readModel } from '#engine/process/read-model.ts';
import { FileOnDisk } from './file-on-disk.ts';
import { writeParts } from './write-parts.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-files-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A strip of quads and triangles with two materials, larger than what is read at a time. */
function stripObj(columns: number): string {
  const lines = ['# strip'];
  for (let i = 0; i <= columns; i++) lines.push(`v ${i}.25 0 ${(i % 7) / 7}`, `v ${i}.25 1.5 0`, `vt ${i / columns} 0`);
  for (let i = 0; i < columns; i++) {
    const [a, t] = [i * 2 + 1, i + 1];
    if (i % 1000 === 0) lines.push(`usemtl ${i % 2000 === 0 ? 'even' : 'odd'}`);
    if (i % 3 === 0) lines.push(`f ${a}/${t} ${a + 2}/${t + 1} ${a + 3}/${t + 1} ${a + 1}/${t}`);
    else lines.push(`f ${a}/${t} ${a + 2}/${t + 1} \\`, ` ${a + 3}/${t + 1}`);
  }
  return lines.join('\r\n');
}

test('an OBJ is read in parts, as from memory', async () => {
  const path = join(folder, 'strip.obj');
  const text = stripObj(40_000);
  expect(text.length).toBeGreaterThan(2 ** 21);
  await writeFile(path, text);
  const file = new FileOnDisk('strip.obj', path);
  Object.defineProperty(file, 'bytes', {
    get: () => {
      throw new Error('read as a whole');
    },
  });
  const inParts = await readModel([file], DEFAULT_LIMITS);
  const inMemory = await readModel([{ name: 'strip.obj', bytes: new TextEncoder().encode(text) }], DEFAULT_LIMITS);
  expect(inParts.corrections).toEqual(inMemory.corrections);
  expect(Buffer.compare(await writeGlb(inParts.document), await writeGlb(inMemory.document))).toBe(0);
});

test('other formats are loaded when they are asked for', async () => {
  const path = join(folder, 'a.stl');
  await writeFile(path, 'solid a\nendsolid a\n');
  await expect(readModel([new FileOnDisk('a.stl', path)], DEFAULT_LIMITS)).rejects.toMatchObject({
    code: 'model_empty',
  });
});

test('what is not there, or a folder, is told at once', () => {
  expect(() => new FileOnDisk('x', join(folder, 'missing'))).toThrow(/ENOENT/);
  expect(() => new FileOnDisk('x', folder)).toThrow(/is a folder/);
});

test('parts make one file', async () => {
  const path = join(folder, 'parts.bin');
  writeParts(path, [Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)]);
  expect([...(await readFile(path))]).toEqual([1, 2, 3]);
});
