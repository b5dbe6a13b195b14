import type { Primitive } from '@gltf-transform/core';
import { placementMatrices } from '../../measure/placements.ts';
import { skinnedPositions } from '../../measure/skinned-positions.ts';
import { floatValues } from '../float-values.ts';
import type { UvPart } from '../unwrap/uv-groups.ts';

/** Vertices of a primitive where they are first drawn, skins in their rest pose. */
export interface PlacedFrames {
  /** Three for each vertex, in the world. */
  positions: Float32Array;
  /** Unit normals. */
  normals: Float32Array;
  /** Unit tangents and the sign of the bitangent as it is in the world; null without. */
  tangents: Float32Array | null;
  /** Unit directions that rays take: the same for all vertices at one place, so that no gaps open at hard edges. */
  outwards: Float32Array;
  indices: Uint32Array;
}

/** Places the vertices of a part; null where nothing of the scene draws it, or it has no normals. */
export function placeFrames({ primitive, node }: UvPart): PlacedFrames | null {
  const normal = primitive.getAttribute('NORMAL');
  if (!node || !normal) return null;
  const local = floatValues(primitive.getAttribute('POSITION')!, 3);
  const skinned = skinnedPositions(node, primitive, local);
  const m = skinned ? null : placementMatrices(node)[0]!;
  const moved = (from: Float32Array): Float32Array =>
    m ? transformed(m, from) : skinnedPositions(node, primitive, from)!;
  const positions = skinned ?? moved(local);
  /** Where small steps from each vertex lead: blending matrices is linear. */
  const turned = (steps: Float32Array) =>
    moved(local.map((value, i) => value + steps[i]!)).map((value, i) => value - positions[i]!);
  const localNormals = floatValues(normal, 3);
  const mirrored = m !== null && determinant(m) < 0;
  const normals = unit(m ? covectors(m, localNormals) : turned(localNormals));
  const indices = Uint32Array.from(primitive.getIndices()!.getArray()!);
  return {
    positions,
    normals,
    tangents: placeTangents(primitive, turned, mirrored),
    outwards: averaged(positions, normals, indices),
    indices,
  };
}

function placeTangents(
  primitive: Primitive,
  turned: (steps: Float32Array) => Float32Array,
  mirrored: boolean,
): Float32Array | null {
  const tangent = primitive.getAttribute('TANGENT');
  if (!tangent) return null;
  const values = floatValues(tangent, 4);
  const directions = unit(
    turned(Float32Array.from({ length: (values.length / 4) * 3 }, (_, i) => values[Math.floor(i / 3) * 4 + (i % 3)]!)),
  );
  for (let i = 0; i < values.length / 4; i++) {
    for (let k = 0; k < 3; k++) values[i * 4 + k] = directions[i * 3 + k]!;
    if (mirrored) values[i * 4 + 3] = -values[i * 4 + 3]!;
  }
  return values;
}

/** For each vertex the mean normal of all at its place, weighed by the area of their triangles. */
function averaged(positions: Float32Array, normals: Float32Array, indices: Uint32Array): Float32Array {
  const places = new Map<string, Float64Array>();
  const of = Array.from({ length: positions.length / 3 }, (_, i) => {
    const key = `${positions[i * 3]},${positions[i * 3 + 1]},${positions[i * 3 + 2]}`;
    const sum = places.get(key) ?? new Float64Array(3);
    places.set(key, sum);
    return sum;
  });
  for (let i = 0; i < indices.length; i += 3) {
    const corners = [indices[i]!, indices[i + 1]!, indices[i + 2]!];
    const area = areaOf(positions, corners);
    for (const corner of corners) {
      for (let k = 0; k < 3; k++) of[corner]![k] = of[corner]![k]! + area * normals[corner * 3 + k]!;
    }
  }
  const out = new Float32Array(normals);
  for (const [i, sum] of of.entries()) {
    const length = Math.hypot(sum[0]!, sum[1]!, sum[2]!);
    // Where they cancel each other out, as on both sides of a sheet, each keeps its own.
    const along = sum[0]! * normals[i * 3]! + sum[1]! * normals[i * 3 + 1]! + sum[2]! * normals[i * 3 + 2]!;
    if (!(along > 0.2 * length)) continue;
    for (let k = 0; k < 3; k++) out[i * 3 + k] = sum[k]! / length;
  }
  return out;
}

function areaOf(p: Float32Array, [a, b, c]: readonly number[]): number {
  const edge = (from: number, to: number, axis: number) => p[to * 3 + axis]! - p[from * 3 + axis]!;
  const [x, y, z] = [0, 1, 2].map((axis) => {
    const [next, last] = [(axis + 1) % 3, (axis + 2) % 3];
    return edge(a!, b!, next) * edge(a!, c!, last) - edge(a!, b!, last) * edge(a!, c!, next);
  }) as [number, number, number];
  return Math.hypot(x, y, z);
}

function transformed(m: ArrayLike<number>, points: Float32Array): Float32Array {
  const out = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    for (let k = 0; k < 3; k++) {
      out[i + k] = m[k]! * points[i]! + m[4 + k]! * points[i + 1]! + m[8 + k]! * points[i + 2]! + m[12 + k]!;
    }
  }
  return out;
}

/** Normals under the inverse transpose: cofactors, turned round where the matrix mirrors. */
function covectors(m: ArrayLike<number>, normals: Float32Array): Float32Array {
  const sign = determinant(m) < 0 ? -1 : 1;
  const out = new Float32Array(normals.length);
  for (let i = 0; i < normals.length; i += 3) {
    for (let row = 0; row < 3; row++) {
      let sum = 0;
      for (let column = 0; column < 3; column++) sum += cofactor(m, row, column) * normals[i + column]!;
      out[i + row] = sum * sign;
    }
  }
  return out;
}

function cofactor(m: ArrayLike<number>, row: number, column: number): number {
  const [r1, r2] = [(row + 1) % 3, (row + 2) % 3];
  const [c1, c2] = [((column + 1) % 3) * 4, ((column + 2) % 3) * 4];
  return m[c1 + r1]! * m[c2 + r2]! - m[c1 + r2]! * m[c2 + r1]!;
}

function determinant(m: ArrayLike<number>): number {
  return m[0]! * cofactor(m, 0, 0) + m[1]! * cofactor(m, 1, 0) + m[2]! * cofactor(m, 2, 0);
}

/** Vectors at unit length; those without a direction point up. */
function unit(vectors: Float32Array): Float32Array {
  for (let i = 0; i < vectors.length; i += 3) {
    const length = Math.hypot(vectors[i]!, vectors[i + 1]!, vectors[i + 2]!);
    if (length > 1e-30) for (let k = 0; k < 3; k++) vectors[i + k] = vectors[i + k]! / length;
    else vectors.set([0, 1, 0], i);
  }
  return vectors;
}
