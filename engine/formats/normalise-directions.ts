import type { Accessor, Primitive } from '@gltf-transform/core';
import { triangleIndices } from '../describe/triangle-indices.ts';
import { type Corrections, plural } from './corrections.ts';
import { lengthAt, oneIn, storeUnit } from './unit-vectors.ts';

/** How far lengths may be from one: floats, and what rounding to whole numbers makes of unit vectors. */
const toleranceOf = (one: number): number => (one === 1 ? 0.005 : 0.00674);

/** Normals of unit length: those without a direction are computed from the triangles around. */
export function normaliseNormals(primitive: Primitive, accessor: Accessor, corrections: Corrections): void {
  const normals = accessor.getArray()!;
  const one = oneIn(normals);
  if (one === null) return;
  const tolerance = toleranceOf(one);
  let scaled = 0;
  const missing: number[] = [];
  for (let i = 0; i < normals.length; i += 3) {
    if (Math.abs(lengthAt(normals, i, 3, one) - 1) < tolerance) continue;
    if (storeUnit(normals, i, one, normals.subarray(i, i + 3))) scaled++;
    else missing.push(i / 3);
  }
  corrections.add(
    'normalised_normals',
    scaled,
    (n) => `${plural(n, 'normal')} did not have unit length and ${n === 1 ? 'was' : 'were'} scaled to it.`,
  );
  if (missing.length === 0) return;
  const generated = averageFaceNormals(primitive, normals.length / 3, missing);
  for (const vertex of missing) {
    const at = vertex * 3;
    const sum = generated.subarray(at, at + 3);
    if (!storeUnit(normals, at, one, sum)) storeUnit(normals, at, one, [0, 1, 0]);
  }
  corrections.add(
    'replaced_normals',
    missing.length,
    (n) => `${plural(n, 'normal')} without direction ${n === 1 ? 'was' : 'were'} computed from the triangles around.`,
  );
}

/** Sums of face normals weighted by area, for the vertices that are `asked` for; not scaled to unit length. */
function averageFaceNormals(primitive: Primitive, vertices: number, asked: readonly number[]): Float64Array {
  const sums = new Float64Array(vertices * 3);
  const list = triangleIndices(primitive);
  if (!list) return sums;
  const wanted = new Uint8Array(vertices);
  for (const vertex of asked) wanted[vertex] = 1;
  const p = primitive.getAttribute('POSITION')!.getArray()!;
  for (let i = 0; i + 2 < list.length; i += 3) {
    if (!wanted[list[i]!] && !wanted[list[i + 1]!] && !wanted[list[i + 2]!]) continue;
    const a = list[i]! * 3;
    const b = list[i + 1]! * 3;
    const c = list[i + 2]! * 3;
    const ux = p[b]! - p[a]!;
    const uy = p[b + 1]! - p[a + 1]!;
    const uz = p[b + 2]! - p[a + 2]!;
    const vx = p[c]! - p[a]!;
    const vy = p[c + 1]! - p[a + 1]!;
    const vz = p[c + 2]! - p[a + 2]!;
    for (const vertex of [a, b, c]) {
      sums[vertex] = sums[vertex]! + uy * vz - uz * vy;
      sums[vertex + 1] = sums[vertex + 1]! + uz * vx - ux * vz;
      sums[vertex + 2] = sums[vertex + 2]! + ux * vy - uy * vx;
    }
  }
  return sums;
}

/** Tangents that are no directions are dropped: they can be generated from the texture coordinates at any time. */
export function normaliseTangents(primitive: Primitive, accessor: Accessor, corrections: Corrections): void {
  const tangents = accessor.getArray()!;
  const one = oneIn(tangents);
  if (one === null) return;
  const tolerance = toleranceOf(one);
  let scaled = 0;
  for (let i = 0; i < tangents.length; i += 4) {
    const w = tangents[i + 3]!;
    if (Math.abs(lengthAt(tangents, i, 3, one) - 1) < tolerance && (w === one || w === -one)) continue;
    if (Number.isNaN(w) || !storeUnit(tangents, i, one, tangents.subarray(i, i + 3))) {
      primitive.setAttribute('TANGENT', null);
      corrections.add(
        'removed_tangents',
        1,
        (n) =>
          `${plural(n, 'set')} of tangents with values that are no directions ${n === 1 ? 'was' : 'were'} removed.`,
      );
      return;
    }
    tangents[i + 3] = w < 0 ? -one : one;
    scaled++;
  }
  corrections.add(
    'normalised_tangents',
    scaled,
    (n) => `${plural(n, 'tangent')} did not have unit length and ${n === 1 ? 'was' : 'were'} scaled to it.`,
  );
}
