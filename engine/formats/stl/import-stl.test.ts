import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { SRGB_BYTE_TO_LINEAR_16 } from '../geometry/color.ts';
import { importStl } from './import-stl.ts';

/** The eight corners of a cube of 10 with two triangles a side, anticlockwise from outside. */
const CUBE: number[][][] = [
  [0, 2, 1],
  [0, 3, 2],
  [4, 5, 6],
  [4, 6, 7],
  [0, 1, 5],
  [0, 5, 4],
  [1, 2, 6],
  [1, 6, 5],
  [2, 3, 7],
  [2, 7, 6],
  [3, 0, 4],
  [3, 4, 7],
].map((triangle) =>
  triangle.map((corner) =>
    [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
    ][corner % 4]!.concat(corner < 4 ? 0 : 10),
  ),
);

function binaryStl(
  triangles: number[][][],
  options: { header?: string; bits?: number[]; count?: number } = {},
): Uint8Array {
  const bytes = new Uint8Array(84 + triangles.length * 50);
  const view = new DataView(bytes.buffer);
  for (const [i, letter] of [...(options.header ?? '')].entries()) bytes[i] = letter.charCodeAt(0);
  view.setUint32(80, options.count ?? triangles.length, true);
  for (const [i, triangle] of triangles.entries()) {
    for (const [k, value] of triangle.flat().entries()) view.setFloat32(84 + i * 50 + 12 + k * 4, value, true);
    view.setUint16(84 + i * 50 + 48, options.bits?.[i] ?? 0, true);
  }
  return bytes;
}

describe('importStl', () => {
  it('welds a cube into six flat sides, in metres with +Y up', async () => {
    const { report } = await checkImport(importStl, { name: 'cube.stl', bytes: binaryStl(CUBE) });
    expect(report.triangles).toBe(12);
    expect(report.vertices).toBe(24);
    expect(report.watertight).toBe(true);
    expect(report.bounds!.min.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0, 0, -0.01]);
    expect(report.bounds!.max.map((value) => Math.round(value * 1e6) / 1e6)).toEqual([0.01, 0.01, 0]);
    expect(report.corrections.map(({ code }) => code)).toEqual(expect.arrayContaining(['units_to_metres', 'up_axis']));
  });

  it('has normals that point out of the sides', async () => {
    const { document } = await checkImport(importStl, { name: 'cube.stl', bytes: binaryStl(CUBE) });
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    const positions = primitive.getAttribute('POSITION')!;
    const normals = primitive.getAttribute('NORMAL')!;
    for (let i = 0; i < positions.getCount(); i++) {
      const [x, y, z] = positions.getElement(i, [0, 0, 0]);
      const [nx, ny, nz] = normals.getElement(i, [0, 0, 0]);
      expect((x! - 0.005) * nx! + (y! - 0.005) * ny! + (z! + 0.005) * nz!).toBeCloseTo(0.005, 6);
    }
  });

  it('takes a binary file whose header begins with "solid" for binary, also when its length is off', async () => {
    const bytes = binaryStl(CUBE, { header: 'solid facet made by a program' });
    expect((await checkImport(importStl, { name: 'a.stl', bytes })).report.triangles).toBe(12);
    const longer = new Uint8Array(bytes.length + 7);
    longer.set(bytes);
    const { report, findings } = await checkImport(importStl, { name: 'a.stl', bytes: longer });
    expect(report.triangles).toBe(12);
    expect(findings.issues.map(({ code }) => code)).toContain('TRAILING_BYTES');
  });

  it('reads the colours of VisCAM and of Materialise, which order the channels the other way', async () => {
    const red = 31 << 10;
    const viscam = await checkImport(importStl, {
      name: 'v.stl',
      bytes: binaryStl(CUBE, { bits: CUBE.map(() => 0x8000 | red) }),
    });
    const magics = await checkImport(importStl, {
      name: 'm.stl',
      bytes: binaryStl(CUBE, { header: 'COLOR=\x10\x20\x30\xff', bits: CUBE.map((_, i) => (i === 0 ? 0x8000 : red)) }),
    });
    const colors = ({ document }: typeof viscam) => {
      const accessor = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('COLOR_0')!;
      return new Set(
        Array.from({ length: accessor.getCount() }, (_, i) =>
          Array.from(accessor.getArray()!.slice(i * 4, i * 4 + 3)).join(),
        ),
      );
    };
    expect(colors(viscam)).toEqual(new Set(['65535,0,0']));
    const object = [0x10, 0x20, 0x30].map((byte) => SRGB_BYTE_TO_LINEAR_16[byte]).join();
    expect(colors(magics)).toEqual(new Set(['0,0,65535', object]));
  });

  it('turns a file inside out whose corners contradict its normals', async () => {
    const reversed = CUBE.map(([a, b, c]) => [a!, c!, b!]);
    const bytes = binaryStl(reversed);
    const view = new DataView(bytes.buffer);
    for (const [i, [a, b, c]] of CUBE.entries()) {
      const u = b!.map((value, k) => value - a![k]!);
      const v = c!.map((value, k) => value - a![k]!);
      const normal = [u[1]! * v[2]! - u[2]! * v[1]!, u[2]! * v[0]! - u[0]! * v[2]!, u[0]! * v[1]! - u[1]! * v[0]!];
      for (const [k, value] of normal.entries()) view.setFloat32(84 + i * 50 + k * 4, value / 100, true);
    }
    const { corrections } = await checkImport(importStl, { name: 'r.stl', bytes });
    expect(corrections.map(({ code }) => code)).toContain('reversed_winding');
  });

  it.each([
    ['fewer triangles than declared', binaryStl(CUBE, { count: 13 }), /declares 13 triangles.*after 12/],
    ['a huge count', binaryStl(CUBE, { count: 0xffffffff }), /declares 4,294,967,295/],
    ['no triangle', binaryStl([]), /no triangle/],
    [
      'text without endsolid',
      new TextEncoder().encode(
        'solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n',
      ),
      /endsolid/,
    ],
    [
      'text with a word for a number',
      new TextEncoder().encode('solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 x 0\n'),
      /"x" stands where a number should/,
    ],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(
      importStl(
        { name: 'x.stl', bytes },
        new (await import('../resource-files.ts')).ResourceFiles([]),
        (await import('#test/check-import.ts')).TEST_LIMITS,
      ),
    ).rejects.toThrow(message);
  });
});

describe.skipIf(!hasCorpus)('STL files of the corpus', () => {
  // Triangles and bounds as assimp 5.2 counts them.
  it.each([
    ['stl/Spider_ascii.stl', 1368, 1],
    ['stl/Spider_binary.stl', 1368, 1],
    ['stl/sphereWithHole.stl', 285, 1],
    ['stl/triangle_with_two_solids.stl', 2, 2],
  ])('%s has %d triangles in %d meshes', async (path, triangles, meshes) => {
    const { report } = await checkCorpusImport(importStl, path);
    expect([report.triangles, report.meshes]).toEqual([triangles, meshes]);
  });

  it('text and binary of one model agree', async () => {
    const a = await checkCorpusImport(importStl, 'stl/Spider_ascii.stl');
    const b = await checkCorpusImport(importStl, 'stl/Spider_binary.stl');
    expect(a.report.vertices).toBe(b.report.vertices);
    for (let k = 0; k < 3; k++) expect(a.report.bounds!.max[k]).toBeCloseTo(b.report.bounds!.max[k]!, 6);
    expect(b.generator).toBe("Caligari's trueSpace");
  });

  it.each([
    ['corrupt/trunc/Spider_ascii_flip.stl', /line 26|stands where/],
    ['corrupt/trunc/Spider_ascii_t50.stl', /stands where|ends inside/],
    ['corrupt/trunc/Spider_binary_t50.stl', /declares 1,368 triangles.*after 683/],
  ])('%s is refused', async (path, message) => {
    await expect(checkCorpusImport(importStl, path)).rejects.toThrow(message);
  });

  it('a few flipped bits in a binary file leave a model with as many triangles', async () => {
    expect((await checkCorpusImport(importStl, 'corrupt/trunc/Spider_binary_flip.stl')).report.triangles).toBe(1368);
  });

  it.each(['stl/sphereWithHole.stl', 'stl/triangle_with_two_solids.stl', 'stl/Spider_binary.stl'])(
    '150 mutations of %s',
    async (path) => {
      const tally = await checkMutations(importStl, await corpusModel(path), 150);
      expect(tally.read).toBeGreaterThan(0);
      expect(tally.refused).toBeGreaterThan(0);
    },
  );
});
