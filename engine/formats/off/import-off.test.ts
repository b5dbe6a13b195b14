import { describe, expect, it } from 'vitest';
import { detectFormat } from '#engine/formats/detect-format.ts';
import { ResourceFiles } from '#engine/formats/resource-files.ts';
import { checkCorpusImport, checkImport, checkMutations, TEST_LIMITS } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { importOff } from './import-off.ts';

const CUBE = `OFF # a cube
8 6 12

0 0 0
1 0 0
1 1 0
0 1 0
0 0 1   # a corner
1 0 1
1 1 1
0 1 1
4 3 2 1 0 255 0 0
4 4 5 6 7
4 0 1 5 4
4 1 2 6 5
4 2 3 7 6
4 3 0 4 7
`;

const file = (text: string) => ({ name: 'a.off', bytes: new TextEncoder().encode(text) });
const read = (text: string) => checkImport(importOff, file(text));

describe('importOff', () => {
  it('reads polygons with colours of faces', async () => {
    const { report, document } = await read(CUBE);
    expect(report).toMatchObject({ triangles: 12, watertight: true });
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const colors = primitive.getAttribute('COLOR_0')!.getArray()!;
    expect(Array.from(colors.slice(0, 3))).toEqual([65535, 0, 0]);
    expect(colors.some((value) => value > 30_000 && value < 65_000)).toBe(true);
  });

  it.each([
    ['COFF\n3 1 0\n0 0 0 1 0 0 1\n1 0 0 1 0 0 1\n0 1 0 1 0 0 1\n3 0 1 2\n', 'COLOR_0', [65535, 0, 0, 65535]],
    ['OFF\n3 1 0\n0 0 0 0 255 0\n1 0 0 0 255 0\n0 1 0 0 255 0\n3 0 1 2\n', 'COLOR_0', [0, 65535, 0, 65535]],
    ['NOFF 3 1 0\n0 0 0 0 0 1\n1 0 0 0 0 1\n0 1 0 0 0 1\n3 0 1 2\n', 'NORMAL', [0, 0, 1]],
    ['STOFF\n3 1 0\n0 0 0 0.25 0.75\n1 0 0 1 0\n0 1 0 0 1\n3 0 1 2\n', 'TEXCOORD_0', [0.25, 0.25]],
    ['4OFF\n3 1 0\n2 4 6 2\n1 0 0 1\n0 1 0 1\n3 0 1 2\n', 'POSITION', [1, 2, 3]],
  ])('reads what stands beside positions: %j', async (text, semantic, expected) => {
    const { document } = await read(text);
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(
      primitive
        .getAttribute(semantic)!
        .getElement(0, [])
        .map((v) => v),
    ).toEqual(semantic === 'COLOR_0' ? expected.map((v) => v / 65535) : expected);
  });

  it('reads vertices without faces as points', async () => {
    expect((await read('OFF\n2 0 0\n0 0 0\n1 1 1\n')).report).toMatchObject({ points: 2, triangles: 0 });
  });

  it.each([
    ['OFF\n1000000000 5 0\n0 0 0\n', /line 2/, /1,000,000,000 vertices and 5 faces, more than/],
    ['OFF\n3 1 0\n0 0 0\n1 0 0\n0 1\n3 0 1 2\n', /line 5/, /Vertex 2 has 2 numbers instead of 3/],
    ['OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n4 0 1 2\n', /line 6/, /declares 4 corners and has 3/],
    ['OFF\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 7\n', /face 0/, /vertex 7; the file has 3/],
    ['OFF\n3 1 0\n0 0 0\n1 x 0\n0 1 0\n3 0 1 2\n', /line 4/, /A word stands where a number/],
    ['OFF BINARY\n3 1 0\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n', /line 1/, /binary OFF/],
  ])('refuses %j with its place', async (text, where, message) => {
    const error = await importOff(file(text), new ResourceFiles([]), TEST_LIMITS).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'model_malformed', where: expect.stringMatching(where) });
    expect(error.where).toContain('a.off');
    expect(error.message).toMatch(message);
    expect(error.remedy.length).toBeGreaterThan(10);
  });

  it('cut off anywhere, it is refused', async () => {
    for (const share of [0.1, 0.3, 0.5, 0.8, 0.95]) {
      const text = CUBE.slice(0, Math.floor(CUBE.length * share));
      await expect(read(text), text).rejects.toMatchObject({
        code: 'model_malformed',
        where: expect.stringContaining('a.off: line'),
        remedy: expect.stringContaining('again'),
      });
    }
  });

  it('is known by its first word', () => {
    for (const word of ['OFF', 'COFF', 'STCNOFF', 'NOFF'])
      expect(detectFormat(file(`${word}\n0 0 0\n`).bytes)).toMatchObject({ format: 'off' });
  });

  it('150 mutations end in a model or an error of the input', async () => {
    expect((await checkMutations(importOff, file(CUBE), 150)).refused).toBeGreaterThan(20);
  });

  it.skipIf(!hasCorpus)('a count that no memory could hold is refused at once', async () => {
    await expect(checkCorpusImport(importOff, 'corrupt/OutOfMemory.off')).rejects.toMatchObject({
      code: 'model_malformed',
    });
  });
});
