import { SRGB_BYTE_TO_LINEAR_16, srgbToLinear } from '../geometry/color.ts';
import type { PlyNumbers, PlyTable } from './ply-data.ts';

const TEXCOORDS: [string, string][] = [
  ['s', 't'],
  ['u', 'v'],
  ['texture_u', 'texture_v'],
  ['texture_s', 'texture_t'],
];

const COLORS: [string, string, string, string][] = [
  ['red', 'green', 'blue', 'alpha'],
  ['diffuse_red', 'diffuse_green', 'diffuse_blue', 'alpha'],
  ['r', 'g', 'b', 'a'],
];

/** More application-specific attributes than this are left out. */
const MAX_SCALARS = 16;

/** x, y and z of all vertices in one list; doubles stay doubles. Null where a coordinate is missing. */
export function readPositions(vertices: PlyTable): Float32Array | Float64Array | null {
  const [x, y, z] = ['x', 'y', 'z'].map((name) => vertices.columns.get(name));
  if (!x || !y || !z) return null;
  const isFloat = [x, y, z].every((column) => column instanceof Float32Array);
  return interleave([x, y, z], isFloat ? new Float32Array(vertices.count * 3) : new Float64Array(vertices.count * 3));
}

/** Null where there are none or all are zero. */
export function readNormals(vertices: PlyTable): Float32Array | null {
  const columns = ['nx', 'ny', 'nz'].map((name) => vertices.columns.get(name));
  const [x, y, z] = columns;
  if (!x || !y || !z) return null;
  const normals = interleave([x, y, z], new Float32Array(vertices.count * 3));
  return normals.some((value) => value !== 0) ? normals : null;
}

/** With v turned to point down, as glTF wants it. */
export function readTexcoords(vertices: PlyTable): Float32Array | null {
  for (const [uName, vName] of TEXCOORDS) {
    const u = vertices.columns.get(uName);
    const v = vertices.columns.get(vName);
    if (!u || !v) continue;
    const out = interleave([u, v], new Float32Array(vertices.count * 2));
    for (let i = 1; i < out.length; i += 2) out[i] = 1 - out[i]!;
    return out;
  }
  return null;
}

/** Linear colours of the rows of a table, four for each, 65535 for one; null where it has none. */
export function readColors(table: PlyTable): Uint16Array | null {
  for (const names of COLORS) {
    const [red, green, blue, alpha] = names.map((name) => table.columns.get(name));
    if (!red || !green || !blue) continue;
    const out = new Uint16Array(table.count * 4);
    for (const [channel, column] of [red, green, blue].entries()) fillLinear(out, channel, column);
    if (!alpha) for (let i = 3; i < out.length; i += 4) out[i] = 65535;
    else {
      const scale = 65535 / fullScale(alpha);
      for (let i = 0; i < table.count; i++) out[i * 4 + 3] = clamp(alpha[i]! * scale);
    }
    return out;
  }
  return null;
}

/** Single numbers of the vertices that have no place in glTF, such as an intensity or a quality. */
export function readScalars(vertices: PlyTable): Map<string, Float32Array> {
  const known = new Set(['x', 'y', 'z', 'nx', 'ny', 'nz', ...TEXCOORDS.flat(), ...COLORS.flat()]);
  const out = new Map<string, Float32Array>();
  for (const [name, column] of vertices.columns) {
    const title = name.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
    if (!known.has(name) && out.size < MAX_SCALARS) out.set(title, Float32Array.from(column));
  }
  return out;
}

function fillLinear(out: Uint16Array, channel: number, column: PlyNumbers): void {
  if (column instanceof Uint8Array) {
    for (let i = 0; i < column.length; i++) out[i * 4 + channel] = SRGB_BYTE_TO_LINEAR_16[column[i]!]!;
    return;
  }
  const scale = 1 / fullScale(column);
  for (let i = 0; i < column.length; i++) out[i * 4 + channel] = Math.round(srgbToLinear(column[i]! * scale) * 65535);
}

/** The value that means 1: the largest of an integer type; floats go to 1, or to 255 where some are larger. */
function fullScale(column: PlyNumbers): number {
  if (column instanceof Uint8Array || column instanceof Int8Array) return 255;
  if (column instanceof Uint16Array) return 65535;
  let largest = 0;
  for (const value of column) if (value > largest) largest = value;
  if (column instanceof Float32Array || column instanceof Float64Array) return largest > 1.001 ? 255 : 1;
  return largest > 255 ? 65535 : 255;
}

function clamp(value: number): number {
  return value > 65535 ? 65535 : value > 0 ? Math.round(value) : 0;
}

function interleave<T extends Float32Array | Float64Array>(columns: PlyNumbers[], out: T): T {
  const width = columns.length;
  for (const [k, column] of columns.entries()) {
    for (let i = 0; i < column.length; i++) out[i * width + k] = column[i]!;
  }
  return out;
}
