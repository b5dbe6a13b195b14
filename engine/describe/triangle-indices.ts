import type { Primitive } from '@gltf-transform/core';

/**
 * The triangles of a primitive as vertex indices, three each, whatever its mode: separate triangles, strips and fans,
 * indexed or not (glTF 2.0, section 3.7.2.1). Null for points and lines.
 */
export function triangleIndices(primitive: Primitive): ArrayLike<number> | null {
  const mode = primitive.getMode();
  if (mode < 4) return null;
  const indices = primitive.getIndices()?.getArray() ?? sequence(primitive.getAttribute('POSITION')?.getCount() ?? 0);
  if (mode === 4) return indices;
  const count = Math.max(0, indices.length - 2);
  const out = new Uint32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const strip = mode === 5;
    out[i * 3] = strip ? indices[i]! : indices[i + 1]!;
    out[i * 3 + 1] = strip ? indices[i + 1 + (i % 2)]! : indices[i + 2]!;
    out[i * 3 + 2] = strip ? indices[i + 2 - (i % 2)]! : indices[0]!;
  }
  return out;
}

/**
 * Two vertices for each line of separate lines, strips and loops (glTF 2.0, section 3.7.2.1); those of points as they
 * are.
 */
export function lineIndices(mode: number, indices: ArrayLike<number>): ArrayLike<number> {
  if (mode < 2) return indices;
  const out: number[] = [];
  const n = indices.length;
  for (let i = 0; i + 1 < n; i++) out.push(indices[i]!, indices[i + 1]!);
  if (mode === 2) out.push(indices[n - 1]!, indices[0]!);
  return out;
}

/** How many triangles, lines or points a primitive draws. */
export function elementCounts(primitive: Primitive): { triangles: number; lines: number; points: number } {
  const count = primitive.getIndices()?.getCount() ?? primitive.getAttribute('POSITION')?.getCount() ?? 0;
  const none = { triangles: 0, lines: 0, points: 0 };
  switch (primitive.getMode()) {
    case 0:
      return { ...none, points: count };
    case 1:
      return { ...none, lines: count >> 1 };
    case 2:
      return { ...none, lines: count };
    case 3:
      return { ...none, lines: Math.max(0, count - 1) };
    case 4:
      return { ...none, triangles: Math.floor(count / 3) };
    default:
      return { ...none, triangles: Math.max(0, count - 2) };
  }
}

/** The numbers below `count`, in order. */
export function sequence(count: number): Uint32Array {
  const out = new Uint32Array(count);
  for (let i = 0; i < count; i++) out[i] = i;
  return out;
}
