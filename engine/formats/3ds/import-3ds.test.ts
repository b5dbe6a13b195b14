import { Node } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { srgbToLinear } from '../geometry/color.ts';
import { import3ds } from './import-3ds.ts';
import { chunk, movingSquare3ds, shorts, square3ds } from './testing/write-3ds.ts';

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

  it('moves objects as the keyframer says: splines, rotations that add up, parents', async () => {
    const { document, report } = await checkImport(import3ds, {
      name: 'a.3ds',
      bytes: movingSquare3ds(),
    });
    expect(report).toMatchObject({ triangles: 2, animations: [{ seconds: 3 }] });
    const [animation] = document.getRoot().listAnimations();
    const samplerOf = (path: string) =>
      animation!
        .listChannels()
        .find((channel) => channel.getTargetPath() === path)!
        .getSampler()!;
    const places = Array.from(samplerOf('translation').getOutput()!.getArray()!).filter((_, i) => i % 3 === 0);
    // In-tangent, x and out-tangent of each key: 4 in three seconds at the second; at rest where the tension is 1.
    const expected = [2, 0, 2, 4 / 3, 2, 4 / 3, 0, 4, 0];
    for (const [i, value] of expected.entries()) expect(places[i]).toBeCloseTo(value, 5);
    const rotation = samplerOf('rotation');
    const quaternion = (i: number) => rotation.getOutput()!.getElement(i, []);
    // A quarter anticlockwise in two steps, then a whole turn in six.
    expect(rotation.getInput()!.getCount()).toBe(1 + 2 + 6);
    expect(quaternion(2)[2]).toBeCloseTo(Math.SQRT1_2, 5);
    expect(Math.abs(quaternion(8)[2]!)).toBeCloseTo(Math.SQRT1_2, 5);
    expect(quaternion(5)[2]! * quaternion(2)[2]! + quaternion(5)[3]! * quaternion(2)[3]!).toBeCloseTo(0, 5);
    const holder = document
      .getRoot()
      .listMeshes()[0]!
      .listParents()
      .find((parent) => parent instanceof Node) as Node;
    expect(holder.getTranslation()).toEqual([-1, 0, 0]);
    expect(holder.getParentNode()!.getParentNode()!.getParentNode()!.getName()).toBe('3DS');
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
