import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { srgbToLinear } from '../geometry/color.ts';
import { import3ds } from './import-3ds.ts';
import { chunk, shorts, square3ds } from './testing/write-3ds.ts';

describe('import3ds', () => {
  it('reads faces, materials and names, +Z up', async () => {
    const { report, document } = await checkImport(import3ds, { name: 'a.3ds', bytes: square3ds() });
    expect(report.triangles).toBe(2);
    expect(report.bounds!.min.map((value) => Math.round(value * 1e5) / 1e5 + 0)).toEqual([0, 2, -3]);
    expect(report.materials.map(({ name, triangles, alphaMode }) => [name, triangles, alphaMode]).sort()).toEqual([
      ['Default', 1, 'OPAQUE'],
      ['Red', 1, 'BLEND'],
    ]);
    const red = document
      .getRoot()
      .listMaterials()
      .find((material) => material.getName() === 'Red')!;
    expect(red.getBaseColorFactor()[0]).toBeCloseTo(srgbToLinear(128 / 255), 5);
    expect(
      document
        .getRoot()
        .listNodes()
        .map((node) => node.getName()),
    ).toContain('Square');
  });

  it.each([
    ['a vertex that is not there', square3ds(shorts(1, 0, 1, 7, 0)), /refers to vertex 7; it has 4/],
    ['more faces than there are', square3ds(shorts(900, 0, 1, 2, 0)), /900 faces of "Square" are declared/],
    ['a file that is cut off', square3ds().slice(0, -5), /declares .* bytes; .* are left/],
    ['no faces', chunk(0x4d4d, chunk(0x3d3d, [])), /no faces/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(checkImport(import3ds, { name: 'a.3ds', bytes })).rejects.toThrow(message);
  });
});

describe.skipIf(!hasCorpus)('3DS files of the corpus', () => {
  it('cube_hierarchy.3ds shows one cube eight times, in the bounds that assimp gives', async () => {
    const { report } = await checkCorpusImport(import3ds, '3ds/cube_hierarchy.3ds');
    expect([report.triangles, report.meshes]).toEqual([96, 1]);
    // File: (-1, -1, -1) to (4, 4, 4) with +Z up.
    expect(report.bounds!.min.map((value) => Math.round(value * 1e4) / 1e4)).toEqual([-1, -1, -4]);
    expect(report.bounds!.max.map((value) => Math.round(value * 1e4) / 1e4)).toEqual([4, 4, 1]);
  });

  it('test1.3ds has nine boxes with three textures', async () => {
    const { report } = await checkCorpusImport(import3ds, '3ds/test1/test1.3ds', [
      '3ds/test1/IMAGE1.jpg',
      '3ds/test1/IMAGE2.jpg',
      '3ds/test1/CWALL02.jpg',
    ]);
    expect([report.triangles, report.meshes, report.textures.length]).toEqual([108, 9, 3]);
  });

  it.each([
    ['corrupt/trunc/test1_flip.3ds', /declares/],
    ['corrupt/trunc/test1_t50.3ds', /declares 10,654 bytes; 5,327 are left/],
  ])('%s is refused', async (path, message) => {
    await expect(checkCorpusImport(import3ds, path)).rejects.toThrow(message);
  });

  it.each(['3ds/cube_hierarchy.3ds', '3ds/test1/test1.3ds'])('150 mutations of %s', async (path) => {
    expect((await checkMutations(import3ds, await corpusModel(path), 150)).refused).toBeGreaterThan(20);
  });
});
