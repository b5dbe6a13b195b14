import { describe, expect, it } from 'vitest';
import { detectFormat } from '#engine/formats/detect-format.ts';
import { ResourceFiles } from '#engine/formats/resource-files.ts';
import { seededRandom } from '#engine/measure/random.ts';
import { checkImport, checkMutations, TEST_LIMITS } from '#test/check-import.ts';
import { decompressLzf } from './decompress-lzf.ts';
import { importPcd } from './import-pcd.ts';

const COUNT = 200;
const next = seededRandom(4);
const POINTS = Array.from({ length: COUNT }, (_, i) => ({
  x: next(),
  y: next() * 2,
  z: i === 7 ? Number.NaN : next() * 3,
  rgb: 0xff8000,
  intensity: i,
}));

type Layout = 'ascii' | 'binary' | 'binary_compressed';

/** Packs bytes as LZF does: literals, and copies of what came before. */
function compressLzf(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  const literal: number[] = [];
  const flush = (): void => {
    while (literal.length > 0) {
      const part = literal.splice(0, 32);
      out.push(part.length - 1, ...part);
    }
  };
  for (let at = 0; at < bytes.length; ) {
    let [best, distance] = [0, 0];
    for (let back = 1; back <= Math.min(at, 300); back++) {
      let length = 0;
      while (length < 250 && at + length < bytes.length && bytes[at + length] === bytes[at + length - back]) length++;
      if (length > best) [best, distance] = [length, back];
    }
    if (best < 3) {
      literal.push(bytes[at++]!);
      continue;
    }
    flush();
    const length = best - 2;
    const high = (distance - 1) >> 8;
    if (length < 7) out.push((length << 5) | high, (distance - 1) & 255);
    else out.push((7 << 5) | high, length - 7, (distance - 1) & 255);
    at += best;
  }
  flush();
  return Uint8Array.from(out);
}

function write(layout: Layout): Uint8Array {
  const header = `# .PCD v0.7 - Point Cloud Data file format
VERSION 0.7
FIELDS x y z rgb intensity _
SIZE 4 4 4 4 2 1
TYPE F F F F U U
COUNT 1 1 1 1 1 2
WIDTH ${COUNT}
HEIGHT 1
VIEWPOINT 0 0 0 1 0 0 0
POINTS ${COUNT}
DATA ${layout}
`;
  const rgb = new Float32Array(Uint32Array.of(0xff8000).buffer)[0]!;
  if (layout === 'ascii') {
    const rows = POINTS.map(
      ({ x, y, z, intensity }) => `${x} ${y} ${Number.isNaN(z) ? 'nan' : z} ${rgb} ${intensity} 0 0`,
    );
    return new TextEncoder().encode(`${header}${rows.join('\n')}\n`);
  }
  const body = new Uint8Array(COUNT * 20);
  const view = new DataView(body.buffer);
  for (const [i, { x, y, z, intensity }] of POINTS.entries()) {
    const at = (field: number, size: number): number =>
      layout === 'binary' ? i * 20 + field : field * COUNT + i * size;
    for (const [k, value] of [x, y, z, rgb].entries()) view.setFloat32(at(k * 4, 4), value, true);
    view.setUint16(at(16, 2), intensity, true);
  }
  const text = new TextEncoder().encode(header);
  if (layout === 'binary') return Uint8Array.from([...text, ...body]);
  const packed = compressLzf(body);
  const sizes = new Uint8Array(Uint32Array.of(packed.length, body.length).buffer);
  return Uint8Array.from([...text, ...sizes, ...packed]);
}

describe.each(['ascii', 'binary', 'binary_compressed'] as const)('importPcd, %s', (layout) => {
  const bytes = write(layout);

  it('reads points, colours and further numbers, and leaves out what has no position', async () => {
    const { report, document, findings } = await checkImport(importPcd, { name: 'a.pcd', bytes });
    expect(report.points).toBe(COUNT - 1);
    expect(findings.issues).toMatchObject([{ code: 'POINT_WITHOUT_POSITION', severity: 'info' }]);
    const primitive = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;
    expect(primitive.listSemantics().toSorted()).toEqual(['COLOR_0', 'POSITION', '_INTENSITY']);
    const position = primitive.getAttribute('POSITION')!.getElement(8, []);
    for (const [k, value] of [POINTS[9]!.x, POINTS[9]!.y, POINTS[9]!.z].entries())
      expect(position[k]).toBeCloseTo(value, 5);
    expect(primitive.getAttribute('_INTENSITY')!.getScalar(8)).toBe(9);
    const color = primitive.getAttribute('COLOR_0')!.getElement(0, []);
    expect(color[0]).toBeCloseTo(1, 3);
    expect(color[1]).toBeCloseTo(0.2158, 3);
    expect(color[2]).toBe(0);
  });

  it('is known by its content', () => {
    expect(detectFormat(bytes, 'cloud')).toMatchObject({ format: 'pcd' });
  });

  it('cut off anywhere, it is refused with its place', async () => {
    for (const share of [0.01, 0.05, 0.4, 0.9, 0.99]) {
      const cut = { name: 'a.pcd', bytes: bytes.slice(0, Math.floor(bytes.length * share)) };
      const error = await importPcd(cut, new ResourceFiles([]), TEST_LIMITS).catch((thrown) => thrown);
      expect(error, `${share}`).toMatchObject({ code: 'model_malformed', remedy: expect.stringContaining('again') });
      expect(error.where).toMatch(/^a\.pcd: (line|byte) [\d,]+/);
    }
  });

  it('100 mutations end in a model or an error of the input', async () => {
    await checkMutations(importPcd, { name: 'a.pcd', bytes }, 100);
  });
});

describe('a PCD file', () => {
  it('with more points than it can hold is refused before anything is allocated', async () => {
    const text = new TextDecoder('latin1').decode(write('binary')).replace('POINTS 200', 'POINTS 1000000');
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    await expect(checkImport(importPcd, { name: 'a.pcd', bytes })).rejects.toThrow(/declares 1,000,000 points/);
  });
});

describe('decompressLzf', () => {
  it('gives back what was packed, and nothing for damaged data', () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i % 300 < 200 ? i % 7 : next() * 256));
    const packed = compressLzf(bytes);
    expect(packed.length).toBeLessThan(3500);
    expect(decompressLzf(packed, 5000)).toEqual(bytes);
    expect(decompressLzf(packed, 4999)).toBeNull();
    expect(decompressLzf(packed.subarray(0, packed.length - 1), 5000)).toBeNull();
    expect(decompressLzf(Uint8Array.of(0x20, 5), 3)).toBeNull();
  });
});
