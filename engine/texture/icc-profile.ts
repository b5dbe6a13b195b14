import type { ColorSpace } from '#contracts/render/image-request.ts';
import { concatBytes } from './concat-bytes.ts';

type Vector = readonly [number, number, number];

/** Chromaticities x, y of the primaries: Rec. 709 for sRGB (IEC 61966-2-1), SMPTE RP 431-2 for Display P3. */
export const PRIMARIES: Record<
  ColorSpace,
  { red: readonly [number, number]; green: readonly [number, number]; blue: readonly [number, number] }
> = {
  srgb: { red: [0.64, 0.33], green: [0.3, 0.6], blue: [0.15, 0.06] },
  'display-p3': { red: [0.68, 0.32], green: [0.265, 0.69], blue: [0.15, 0.06] },
};

/** Chromaticity of white, D65, in both. */
export const WHITE: readonly [number, number] = [0.3127, 0.329];

const NAMES: Record<ColorSpace, string> = { srgb: 'sRGB', 'display-p3': 'Display P3' };

/** White of the profile connection space, as the ICC writes it. */
const D50: Vector = [0.9642, 1, 0.8249];

/** Cone responses of the Bradford adaptation (ICC.1, annex E). */
const BRADFORD: readonly Vector[] = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** Parametric curve of type 3: the transfer function of sRGB, which Display P3 shares. */
const CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

const apply = (m: readonly Vector[], v: Vector): Vector =>
  m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as unknown as Vector;

/** Inverse of a 3 × 3 matrix by its cofactors. */
function inverse([a, b, c]: readonly Vector[]): readonly Vector[] {
  if (!a || !b || !c) throw new RangeError('A 3 × 3 matrix has three rows.');
  const cross = (p: Vector, q: Vector): Vector => [
    p[1] * q[2] - p[2] * q[1],
    p[2] * q[0] - p[0] * q[2],
    p[0] * q[1] - p[1] * q[0],
  ];
  const [u, v, w] = [cross(b, c), cross(c, a), cross(a, b)];
  const determinant = a[0] * u[0] + a[1] * u[1] + a[2] * u[2];
  return [0, 1, 2].map((i): Vector => [u[i]! / determinant, v[i]! / determinant, w[i]! / determinant]);
}

const xyzOf = ([x, y]: readonly [number, number]): Vector => [x / y, 1, (1 - x - y) / y];

/** Bradford adaptation from D65 to D50. */
function adaptation(): readonly Vector[] {
  const from = apply(BRADFORD, xyzOf(WHITE));
  const to = apply(BRADFORD, D50);
  const scaled = BRADFORD.map(
    (row, i): Vector => [(row[0] * to[i]!) / from[i]!, (row[1] * to[i]!) / from[i]!, (row[2] * to[i]!) / from[i]!],
  );
  const back = inverse(BRADFORD);
  const column = (j: number): Vector => [scaled[0]![j]!, scaled[1]![j]!, scaled[2]![j]!];
  const columns = [0, 1, 2].map((j) => apply(back, column(j)));
  return [0, 1, 2].map((i): Vector => [columns[0]![i]!, columns[1]![i]!, columns[2]![i]!]);
}

/** XYZ of each primary at full strength, adapted to D50. */
function colorants(space: ColorSpace): { red: Vector; green: Vector; blue: Vector } {
  const { red, green, blue } = PRIMARIES[space];
  const [r, g, b] = [xyzOf(red), xyzOf(green), xyzOf(blue)];
  const rows = [0, 1, 2].map((i): Vector => [r[i]!, g[i]!, b[i]!]);
  const strength = apply(inverse(rows), xyzOf(WHITE));
  const adapt = adaptation();
  const scaled = (v: Vector, s: number): Vector => apply(adapt, [v[0] * s, v[1] * s, v[2] * s]);
  return { red: scaled(r, strength[0]), green: scaled(g, strength[1]), blue: scaled(b, strength[2]) };
}

/** Signed 16.16 fixed point. */
function fixed(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    view.setInt32(i * 4, Math.round(value * 65536));
  });
  return bytes;
}

const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

function element(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes([ascii(type), new Uint8Array(4), ...parts]);
}

/** A text in one language, UTF-16. */
function localized(text: string): Uint8Array {
  const bytes = new Uint8Array(16 + 4 + text.length * 2);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 1); // records
  view.setUint32(4, 12); // bytes of a record
  bytes.set(ascii('enUS'), 8);
  view.setUint32(12, text.length * 2);
  view.setUint32(16, 28); // offset from the element's begin
  for (let i = 0; i < text.length; i++) view.setUint16(20 + i * 2, text.charCodeAt(i));
  return element('mluc', bytes);
}

const HEADER_BYTES = 128;

/**
 * The ICC profile of a colour space: version 4.4, matrix and parametric curve, a few hundred bytes, computed from the
 * primaries. The same bytes every time: its date is fixed.
 */
export function iccProfile(space: ColorSpace): Uint8Array {
  const { red, green, blue } = colorants(space);
  const curve = element('para', Uint8Array.of(0, 3, 0, 0), fixed(CURVE));
  const tags: readonly (readonly [signature: string, data: Uint8Array])[] = [
    ['desc', localized(NAMES[space])],
    ['cprt', localized('CC0')],
    ['wtpt', element('XYZ ', fixed(D50))],
    ['chad', element('sf32', fixed(adaptation().flat()))],
    ['rXYZ', element('XYZ ', fixed(red))],
    ['gXYZ', element('XYZ ', fixed(green))],
    ['bXYZ', element('XYZ ', fixed(blue))],
    ['rTRC', curve],
    ['gTRC', curve],
    ['bTRC', curve],
  ];
  const table = new Uint8Array(4 + tags.length * 12);
  const view = new DataView(table.buffer);
  view.setUint32(0, tags.length);
  const bodies: Uint8Array[] = [];
  const places = new Map<Uint8Array, number>();
  let end = HEADER_BYTES + table.length;
  tags.forEach(([signature, data], i) => {
    let at = places.get(data);
    if (at === undefined) {
      at = end;
      places.set(data, at);
      const padded = new Uint8Array(Math.ceil(data.length / 4) * 4);
      padded.set(data);
      bodies.push(padded);
      end += padded.length;
    }
    table.set(ascii(signature), 4 + i * 12);
    view.setUint32(4 + i * 12 + 4, at);
    view.setUint32(4 + i * 12 + 8, data.length);
  });
  return concatBytes([header(end), table, ...bodies]);
}

function header(size: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, size);
  view.setUint32(8, 0x04400000);
  bytes.set(ascii('mntrRGB XYZ '), 12);
  view.setUint16(24, 2026); // 1 January
  view.setUint16(26, 1);
  view.setUint16(28, 1);
  bytes.set(ascii('acsp'), 36);
  bytes.set(fixed(D50), 68);
  return bytes;
}
