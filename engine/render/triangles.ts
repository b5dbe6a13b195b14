import type { Primitive } from '@gltf-transform/core';

/** glTF primitive modes. */
export const MODE = {
  POINTS: 0,
  LINES: 1,
  LINE_LOOP: 2,
  LINE_STRIP: 3,
  TRIANGLES: 4,
  TRIANGLE_STRIP: 5,
  TRIANGLE_FAN: 6,
} as const;

/** Corners of triangles, ends of lines or points that a primitive's indices, else its vertices, make. */
function indexCount(primitive: Primitive): number {
  return primitive.getIndices()?.getCount() ?? primitive.getAttribute('POSITION')?.getCount() ?? 0;
}

/** Number of triangles that a primitive's mode makes of its indices; 0 for points and lines. */
export function triangleCount(primitive: Primitive): number {
  const indices = indexCount(primitive);
  switch (primitive.getMode()) {
    case MODE.TRIANGLES:
      return Math.floor(indices / 3);
    case MODE.TRIANGLE_STRIP:
    case MODE.TRIANGLE_FAN:
      return Math.max(0, indices - 2);
    default:
      return 0;
  }
}

/** Calls `each` with the three vertex indices of every triangle, in the order that makes its front. */
export function forEachTriangle(primitive: Primitive, each: (a: number, b: number, c: number) => void): void {
  const indices = primitive.getIndices()?.getArray();
  const at = indices ? (i: number) => indices[i]! : (i: number) => i;
  const count = triangleCount(primitive);
  switch (primitive.getMode()) {
    case MODE.TRIANGLES:
      for (let i = 0; i < count; i++) each(at(i * 3), at(i * 3 + 1), at(i * 3 + 2));
      return;
    case MODE.TRIANGLE_STRIP:
      for (let i = 0; i < count; i++) each(at(i), at(i + 1 + (i & 1)), at(i + 2 - (i & 1)));
      return;
    case MODE.TRIANGLE_FAN:
      for (let i = 0; i < count; i++) each(at(i + 1), at(i + 2), at(0));
      return;
    default:
      return;
  }
}

/** Number of line segments that a primitive's mode makes of its indices. */
export function segmentCount(primitive: Primitive): number {
  const indices = indexCount(primitive);
  switch (primitive.getMode()) {
    case MODE.LINES:
      return Math.floor(indices / 2);
    case MODE.LINE_STRIP:
      return Math.max(0, indices - 1);
    case MODE.LINE_LOOP:
      return indices >= 2 ? indices : 0;
    default:
      return 0;
  }
}

/** Calls `each` with both ends of every line segment. */
export function forEachSegment(primitive: Primitive, each: (a: number, b: number) => void): void {
  const indices = primitive.getIndices()?.getArray();
  const at = indices ? (i: number) => indices[i]! : (i: number) => i;
  const count = segmentCount(primitive);
  if (primitive.getMode() === MODE.LINES) for (let i = 0; i < count; i++) each(at(i * 2), at(i * 2 + 1));
  else
    for (let i = 0; i < count; i++)
      each(at(i), at(i + 1 < count || primitive.getMode() === MODE.LINE_STRIP ? i + 1 : 0));
}

/** Number of points that a primitive's indices make. */
export function pointCount(primitive: Primitive): number {
  return indexCount(primitive);
}

/** Calls `each` with every point. */
export function forEachPoint(primitive: Primitive, each: (a: number) => void): void {
  const indices = primitive.getIndices()?.getArray();
  const count = indexCount(primitive);
  for (let i = 0; i < count; i++) each(indices ? indices[i]! : i);
}
