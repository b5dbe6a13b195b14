import type { Primitive } from '@gltf-transform/core';
import { readFloats } from '../float-values.ts';
import type { MergedPart } from './merged-part.ts';

/** Most attributes that meshoptimizer takes. */
const MOST = 32;
/** What a whole change of each costs, in sizes of the mesh. meshoptimizer's own tool takes the like. */
const WEIGHTS = { normal: 0.5, color: 0.5, texcoord: 0.5, morph: 1, joint: 0.5 } as const;
/** Joints whose weights are looked at: those that move most vertices. */
const MOST_JOINTS = 8;

/** One attribute: `size` numbers for each vertex of a part. */
interface Column {
  weight: number;
  size: number;
  values(primitive: Primitive): Float32Array<ArrayBuffer> | null;
}

/**
 * What of vertices beside their positions counts as error: normals, colours, the first texture coordinates, how far
 * morph targets move them, how much the strongest joints pull them. Vertices that a pose or an expression takes apart
 * are so kept apart. One table for all parts of a mesh; what a part lacks is 0.
 */
export function joinAttributes(
  parts: readonly MergedPart[],
  positions: Float32Array,
): { attributes: Float32Array<ArrayBuffer>; weights: number[] } {
  const columns: Column[] = [];
  let size = 0;
  for (const column of listColumns(parts, positions)) {
    if (size + column.size > MOST) continue;
    columns.push(column);
    size += column.size;
  }
  const weights = columns.flatMap(({ weight, size: width }) => new Array<number>(width).fill(weight));
  // Of one part and one column, the table is what the accessor holds.
  const only = parts.length === 1 && columns.length === 1 && columns[0]!.values(parts[0]!.primitive);
  if (only) return { attributes: only, weights };
  const attributes = new Float32Array((positions.length / 3) * size);
  for (const { primitive, first, count } of parts) {
    let at = 0;
    for (const column of columns) {
      const values = column.values(primitive);
      for (let i = 0; values && i < count; i++) {
        for (let k = 0; k < column.size; k++) attributes[(first + i) * size + at + k] = values[i * column.size + k]!;
      }
      at += column.size;
    }
  }
  return { attributes, weights };
}

function listColumns(parts: readonly MergedPart[], positions: Float32Array): Column[] {
  const has = (semantic: string) => parts.some(({ primitive }) => primitive.getAttribute(semantic));
  const columns: Column[] = [];
  const plain = (semantic: string, size: number, weight: number) => {
    if (!has(semantic)) return;
    columns.push({
      weight,
      size,
      values(primitive) {
        const accessor = primitive.getAttribute(semantic);
        return accessor && readFloats(accessor, size);
      },
    });
  };
  plain('NORMAL', 3, WEIGHTS.normal);
  plain('COLOR_0', 3, WEIGHTS.color);
  plain('TEXCOORD_0', 2, WEIGHTS.texcoord);
  const targets = Math.max(...parts.map(({ primitive }) => primitive.listTargets().length));
  const extent = targets > 0 ? longestSide(positions) : 0;
  for (let target = 0; target < targets && extent > 0; target++) {
    columns.push({ weight: WEIGHTS.morph / extent, size: 3, values: (primitive) => morphOf(primitive, target) });
  }
  for (const joint of strongestJoints(parts)) {
    columns.push({ weight: WEIGHTS.joint, size: 1, values: (primitive) => weightsOf(primitive, joint) });
  }
  return columns;
}

function morphOf(primitive: Primitive, target: number): Float32Array<ArrayBuffer> | null {
  const accessor = primitive.listTargets()[target]?.getAttribute('POSITION');
  return accessor ? readFloats(accessor, 3) : null;
}

function longestSide(positions: Float32Array): number {
  let longest = 0;
  for (let axis = 0; axis < 3; axis++) {
    let min = Infinity;
    let max = -Infinity;
    for (let i = axis; i < positions.length; i += 3) {
      min = Math.min(min, positions[i]!);
      max = Math.max(max, positions[i]!);
    }
    longest = Math.max(longest, max - min);
  }
  return longest;
}

function strongestJoints(parts: readonly MergedPart[]): number[] {
  const sums = new Map<number, number>();
  for (const { primitive } of parts) {
    forEachInfluence(primitive, (_vertex, joint, weight) => sums.set(joint, (sums.get(joint) ?? 0) + weight));
  }
  return [...sums]
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, MOST_JOINTS)
    .map(([joint]) => joint);
}

function weightsOf(primitive: Primitive, joint: number): Float32Array<ArrayBuffer> | null {
  const out = new Float32Array(primitive.getAttribute('POSITION')!.getCount());
  forEachInfluence(primitive, (vertex, of, weight) => {
    if (of === joint) out[vertex] = out[vertex]! + weight;
  });
  return out;
}

function forEachInfluence(primitive: Primitive, use: (vertex: number, joint: number, weight: number) => void): void {
  for (let set = 0; ; set++) {
    const joints = primitive.getAttribute(`JOINTS_${set}`);
    const weights = primitive.getAttribute(`WEIGHTS_${set}`);
    if (!joints || !weights) return;
    const joint: number[] = [];
    const weight: number[] = [];
    for (let i = 0; i < joints.getCount(); i++) {
      joints.getElement(i, joint);
      weights.getElement(i, weight);
      for (let k = 0; k < 4; k++) if (weight[k]! > 0) use(i, joint[k]!, weight[k]!);
    }
  }
}
