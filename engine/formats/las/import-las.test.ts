import { describe, expect, it } from 'vitest';
import { checkCorpusImport, checkImport, checkMutations, corpusModel } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { importLas } from './import-las.ts';

interface CloudOptions {
  format?: number;
  points?: [number, number, number][];
  offset?: [number, number, number];
  scale?: number;
  records?: Uint8Array;
  compressed?: boolean;
  count?: number;
}

const STRIDES: Record<number, number> = { 0: 20, 3: 34, 7: 36 };

/** A LAS 1.2 file; 1.4 for format 7. */
function las(options: CloudOptions): Uint8Array {
  const { format = 0, points = [], offset = [0, 0, 0], scale = 0.001, records = new Uint8Array(0) } = options;
  const header = format >= 6 ? 375 : 227;
  const stride = STRIDES[format]!;
  const start = header + records.length;
  const bytes = new Uint8Array(start + points.length * stride);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4c, 0x41, 0x53, 0x46]);
  bytes.set([1, format >= 6 ? 4 : 2], 24);
  bytes.set(new TextEncoder().encode('Test writer'), 58);
  view.setUint16(94, header, true);
  view.setUint32(96, start, true);
  view.setUint32(100, records.length > 0 ? 1 : 0, true);
  view.setUint8(104, format | (options.compressed ? 0x80 : 0));
  view.setUint16(105, stride, true);
  const count = options.count ?? points.length;
  if (format >= 6) view.setBigUint64(247, BigInt(count), true);
  else view.setUint32(107, count, true);
  for (let k = 0; k < 3; k++) {
    view.setFloat64(131 + k * 8, scale, true);
    view.setFloat64(155 + k * 8, offset[k]!, true);
  }
  bytes.set(records, header);
  for (const [i, point] of points.entries()) {
    const at = start + i * stride;
    for (let k = 0; k < 3; k++) view.setInt32(at + k * 4, point[k]!, true);
    view.setUint16(at + 12, 100 * (i + 1), true);
    view.setUint8(at + (format >= 6 ? 16 : 15), 6);
    const color = format === 3 ? 28 : format === 7 ? 30 : -1;
    if (color > 0) for (let k = 0; k < 3; k++) view.setUint16(at + color + k * 2, [255, 0, 128][k]!, true);
  }
  return bytes;
}

function record(id: number, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(54 + body.length);
  const view = new DataView(out.buffer);
  out.set(new TextEncoder().encode(id === 22204 ? 'laszip encoded' : 'LASF_Projection'), 2);
  view.setUint16(18, id, true);
  view.setUint16(20, body.length, true);
  out.set(body, 54);
  return out;
}

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

  /** LAZ stores the first point of a chunk as it is. */
  function laz(): Uint8Array {
    const item = new Uint8Array(40);
    const view = new DataView(item.buffer);
    view.setUint16(0, 2, true);
    item.set([2, 2], 4);
    view.setUint32(12, 50_000, true);
    view.setBigInt64(16, -1n, true);
    view.setBigInt64(24, -1n, true);
    view.setUint16(32, 1, true);
    for (const [k, value] of [6, 20, 2].entries()) view.setUint16(34 + k * 2, value, true);
    const plain = las({ points: [[1000, 2000, 3000]], records: record(22204, item), compressed: true });
    const start = plain.length - 20;
    const out = new Uint8Array(start + 8 + 20 + 4 + 8 + 16);
    out.set(plain.subarray(0, start));
    out.set(plain.subarray(start), start + 8);
    const table = start + 8 + 20 + 4;
    new DataView(out.buffer).setBigInt64(start, BigInt(table), true);
    new DataView(out.buffer).setUint32(table + 4, 1, true);
    return out;
  }

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
