import { describe, expect, it } from 'vitest';
import { checkImport } from '#test/check-import.ts';
import { compressIntegers } from './crate/integer-coding.ts';
import { writeCrate } from './crate/write-crate.ts';
import { importUsd } from './import-usd.ts';
import { writeUsda } from './testing/write-usda.ts';
import { UsdPrim } from './usd-layer.ts';

/** A triangle, or what is made of it. */
function layer(change: (mesh: UsdPrim) => void = () => {}, counts = [3]) {
  const root = new UsdPrim('', 'Root', 'Xform');
  const mesh = root
    .define('Face', 'Mesh')
    .attribute('faceVertexCounts', 'int[]', counts)
    .attribute('faceVertexIndices', 'int[]', [0, 1, 2])
    .attribute('points', 'point3f[]', [0, 0, 0, 1, 0, 0, 0, 1, 0]);
  change(mesh);
  return { root, time: null };
}

const read = (bytes: Uint8Array) => checkImport(importUsd, { name: 'a.usdc', bytes });

/** Where the entry of a section stands in the table of contents: its start and size are the two numbers there. */
function entryOf(bytes: Uint8Array, section: string): number {
  const view = new DataView(bytes.buffer);
  const contents = Number(view.getBigUint64(16, true));
  for (let at = contents + 8; ; at += 32)
    if (new TextDecoder().decode(bytes.subarray(at, at + 16)).replace(/\0+$/, '') === section) return at + 16;
}

/** A crate file in which a number of 64 bits is another: the `place`th of a section. */
function declare(section: string, place: number, value: bigint): Uint8Array {
  const bytes = writeCrate(layer());
  const view = new DataView(bytes.buffer);
  const start = Number(view.getBigUint64(entryOf(bytes, section), true));
  view.setBigUint64(start + place * 8, value, true);
  return bytes;
}

/** A crate file in which a section is another: numbers of 64 bits, and lists of integers with their sizes before them. */
function replace(section: string, parts: (number | number[])[]): Uint8Array {
  const bytes = writeCrate(layer());
  const lists = parts.flatMap((part) => {
    const packed = typeof part === 'number' ? new Uint8Array(0) : compressIntegers(part);
    return [new Uint8Array(BigUint64Array.of(BigInt(typeof part === 'number' ? part : packed.length)).buffer), packed];
  });
  const out = new Uint8Array(Buffer.concat([bytes, ...lists]));
  new DataView(out.buffer).setBigUint64(entryOf(bytes, section), BigInt(bytes.length), true);
  return out;
}

describe('USD files that declare more than they hold', () => {
  it('are sound before anything is changed', async () => {
    expect((await read(writeCrate(layer()))).report.triangles).toBe(1);
    expect((await read(replace('PATHS', pathSection(PATHS)))).report.triangles).toBe(1);
  });

  it.each([
    ['a face of two billion corners', [3, 2_000_000_000], /Face 1 of the mesh has 2,000,000,000 corners; 0 of the 3/],
    ['a face of less than no corners', [-1, 3], /Face 0 of the mesh has -1 corners/],
    ['a million faces without corners', new Array<number>(1_000_000).fill(0), /1,000,000 faces, and lists 3 corners/],
    ['faces of more corners than there are', [3, 3], /Face 1 of the mesh has 3 corners; 0 of the 3/],
  ])('%s', async (_, counts, message) => {
    await expect(read(writeCrate(layer(undefined, counts)))).rejects.toThrow(message);
    const text = new TextEncoder().encode(writeUsda(layer(undefined, counts)));
    await expect(checkImport(importUsd, { name: 'a.usda', bytes: text })).rejects.toThrow(message);
  });

  it('a polygon whose cutting takes hours', async () => {
    const corners = 100_000;
    const polygon = layer((mesh) => {
      mesh.properties.length = 0;
      mesh
        .attribute('faceVertexCounts', 'int[]', [corners])
        .attribute('faceVertexIndices', 'int[]', new Int32Array(corners))
        .attribute('points', 'point3f[]', [0, 0, 0, 1, 0, 0, 0, 1, 0]);
    });
    await expect(read(writeCrate(polygon))).rejects.toThrow(/takes 10,000,000,000 comparisons/);
  });

  it('points with a billion joints', async () => {
    const skinned = layer((mesh) => {
      mesh
        .attribute('primvars:skel:jointIndices', 'int[]', [0, 0, 0], {
          interpolation: 'vertex',
          elementSize: 1_000_000_000,
        })
        .attribute('primvars:skel:jointWeights', 'float[]', [1, 1, 1], { interpolation: 'vertex', elementSize: 1 });
    });
    await expect(read(writeCrate(skinned))).rejects.toThrow(/has 1,000,000,000 joints; 3 are listed/);
  });

  it.each([
    ['TOKENS', 0, 'tokens declares 1099511627776'],
    ['TOKENS', 1, 'tokens declares 1099511627776 bytes'],
    ['TOKENS', 2, 'tokens declares 1099511627776 compressed bytes'],
    ['FIELDS', 0, 'fields declares 1099511627776'],
    ['FIELDSETS', 0, 'field sets declares 1099511627776'],
    ['FIELDSETS', 1, 'field sets declares 1099511627776 compressed bytes'],
    ['PATHS', 0, 'paths declares 1099511627776'],
    ['SPECS', 0, 'specs declares 1099511627776'],
  ])('section %s, number %d', async (section, place, message) => {
    await expect(read(declare(section, place, 2n ** 40n))).rejects.toThrow(message);
  });

  it('a tree of paths whose branches meet, 2^200 of them', async () => {
    const tree = { indexes: range(200), elements: range(200).fill(1), jumps: range(200).fill(1) };
    await expect(read(replace('PATHS', pathSection(tree)))).rejects.toThrow(
      'more than the 200 entries that are declared',
    );
  });

  it('prims inside prims, 300 of them', async () => {
    const deep = layer((mesh) => {
      let prim = mesh;
      for (let i = 0; i < 300; i++) prim = prim.define('Inner', 'Xform');
    });
    await expect(read(writeCrate(deep))).rejects.toThrow('more than 100 levels deep');
  });

  it('a path out of the list', async () => {
    const tree = { ...PATHS, indexes: [...PATHS.indexes.slice(0, -1), 1_000_000] };
    await expect(read(replace('PATHS', pathSection(tree)))).rejects.toThrow('path 1000000 is named, of 6');
  });

  it('a statement with a type of 300,000 letters', async () => {
    const text = `#usda 1.0\ncustom ${'a'.repeat(300_000)}\n`;
    const bytes = new TextEncoder().encode(text);
    await expect(checkImport(importUsd, { name: 'a.usda', bytes })).rejects.toThrow('A prim is missing here');
  }, 20_000);

  it('a set of fields without an end', async () => {
    await expect(read(replace('FIELDSETS', [50, range(50).fill(0)]))).rejects.toThrow(
      /set of fields at \d+ has no end/,
    );
  });
});

/** The paths of `layer`: `/`, root, mesh, and its three attributes, whose tokens are in the order in which they came. */
const PATHS = { indexes: range(6), elements: [0, 1, 2, -3, -4, -5], jumps: [-1, -1, -1, 0, 0, -2] };

function pathSection({ indexes, elements, jumps }: typeof PATHS): (number | number[])[] {
  return [indexes.length, indexes.length, indexes, elements, jumps];
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
