import type { BufferAttribute } from 'three';
import type { CornerValues, MeshDetails } from './mesh-details.ts';

/** Numbers of the vertices that the composer made. */
export type Column = Pick<BufferAttribute, 'itemSize' | 'getComponent'>;

/** A primvar by the vertices that the composer made, which know their corners. */
export function cornerColumn({ values, width, at }: CornerValues, corners: BufferAttribute): Column {
  return {
    itemSize: width,
    getComponent: (vertex, k) => values[at(corners.getX(vertex)) * width + k] ?? 0,
  };
}

/** Colours and opacities as one column of four, where there is either. */
export function cornerColors(
  details: MeshDetails | undefined,
  corners: BufferAttribute | undefined,
): Column | undefined {
  if (!details || !corners || (!details.colors && !details.opacities)) return undefined;
  const colors = details.colors && cornerColumn(details.colors, corners);
  const opacities = details.opacities && cornerColumn(details.opacities, corners);
  return {
    itemSize: 4,
    getComponent: (vertex, k) =>
      k < 3 ? (colors?.getComponent(vertex, k) ?? 1) : (opacities?.getComponent(vertex, 0) ?? 1),
  };
}

/** The number of the point that each vertex stands for. */
export function pointColumn(points: ArrayLike<number>, corners: BufferAttribute): Column {
  return { itemSize: 1, getComponent: (vertex) => points[corners.getX(vertex)] ?? 0 };
}

/** How far each vertex moves, from how far each point does. */
export function shapeOffsets({ offsets, points }: MeshDetails['shapes'][number], pointOf: Float32Array): Float32Array {
  const place = points && new Map(Array.from(points, (point, i) => [point, i]));
  const out = new Float32Array(pointOf.length * 3);
  for (const [vertex, point] of pointOf.entries()) {
    const at = place ? place.get(point) : point;
    if (at === undefined) continue;
    for (let k = 0; k < 3; k++) out[vertex * 3 + k] = offsets[at * 3 + k] ?? 0;
  }
  return out;
}
