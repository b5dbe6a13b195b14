import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { importLas } from './import-las.ts';
import { las, laz, record } from './testing/write-las.ts';

const POINTS: [number, number, number][] = [
  [0, 0, 0],
  [1000, 2000, 3000],
  [4000, 1000, 500],
];

describe('importLas', () => {
  it.each([0, 3, 7])('reads point format %d with attributes, +Z up', async (format) => {
    const { report, document, generator } = await checkImport(importLas, {
      name: 'a.las',
      bytes: las({ format, points: POINTS }),
    });
    expect([report.points, generator]).toEqual([3, 'Test writer']);
    expect(report.bounds).toEqual({ min: [0, 0, -2], max: [4, 3, 0] });
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(Array.from(primitive.getAttribute('_CLASSIFICATION')!.getArray()!)).toEqual([6, 6, 6]);
    expect(Array.from(primitive.getAttribute('_INTENSITY')!.getArray()!)).toEqual([100, 200, 300]);
    const color = primitive.getAttribute('COLOR_0')!.getElement(2, [0, 0, 0, 0]);
    if (format === 0) expect(color).toEqual([1, 1, 1, 1]);
    else expect(color.map((value) => Math.round(value * 100) / 100)).toEqual([1, 0, 0.22, 1]);
  });

  it('keeps a millimetre of geodetic coordinates', async () => {
    const offset: [number, number, number] = [500000, 5400000, 300];
    const { document } = await checkImport(importLas, {
      name: 'a.las',
      bytes: las({
        points: [
          [1, 2, 3],
          [1001, 2002, 3003],
        ],
        offset,
      }),
    });
    const { originOffset } = document.getRoot().getDefaultScene()!.getExtras() as { originOffset: number[] };
    const positions = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.getAttribute('POSITION')!;
    const [x, y, z] = positions.getElement(0, [0, 0, 0]);
    expect(x! + originOffset[0]!).toBeCloseTo(500000.001, 6);
    expect(originOffset[1]! - z!).toBeCloseTo(5400000.002, 6);
    expect(y! + originOffset[2]!).toBeCloseTo(300.003, 6);
  });

  it('converts US survey feet', async () => {
    const keys = new Uint8Array(Uint16Array.of(1, 1, 0, 1, 3076, 0, 1, 9003).buffer);
    const { report, corrections } = await checkImport(importLas, {
      name: 'a.las',
      bytes: las({ points: POINTS, records: record(34735, keys) }),
    });
    expect(report.bounds!.max[0]).toBeCloseTo(4 * 0.3048006, 5);
    expect(corrections.map(({ code }) => code)).toContain('units_to_metres');
  });

  it('decompresses LAZ', async () => {
    const { report } = await checkImport(importLas, { name: 'a.laz', bytes: laz() });
    expect(report.points).toBe(1);
    expect(report.bounds!.min).toEqual([1, 3, -2]);
  });

  it('refuses LAZ that is cut off', async () => {
    await expect(checkImport(importLas, { name: 'a.laz', bytes: laz().slice(0, -26) })).rejects.toThrow(/cut off/);
  });

  it('survives 100 mutations of LAZ', async () => {
    expect((await checkMutations(importLas, { name: 'a.laz', bytes: laz() }, 100)).refused).toBeGreaterThan(10);
  });

  it.each([
    ['fewer points than declared', las({ points: POINTS, count: 4 }), /declares 4 points.*after 3/],
    ['a huge count', las({ format: 7, points: POINTS, count: 2 ** 40 }), /limit/],
    ['no points', las({}), /no points/],
    ['half a header', las({ points: POINTS }).slice(0, 100), /inside the header/],
  ])('refuses %s', async (_, bytes, message) => {
    await expect(checkImport(importLas, { name: 'a.las', bytes })).rejects.toThrow(message);
  });
});

describe.skipIf(!hasCorpus)('LAS files of the corpus', () => {
  it('grid.las has the 5,000 points that its header declares', async () => {
    const { report } = await checkCorpusImport(importLas, 'pointcloud/grid.las');
    expect(report.points).toBe(5000);
    expect(report.bounds!.max.map((value, k) => Math.round((value - report.bounds!.min[k]!) * 10) / 10)).toEqual([
      9.9, 2, 4.9,
    ]);
  });

  it('60 mutations of grid.las', async () => {
    expect((await checkMutations(importLas, await corpusModel('pointcloud/grid.las'), 60)).refused).toBeGreaterThan(10);
  });
});
