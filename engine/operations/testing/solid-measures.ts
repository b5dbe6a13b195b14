import type { Document } from '@gltf-transform/core';
import { weldPositions } from '../../formats/geometry/weld-positions.ts';
import { namedMeshNodes } from '../solids/placed-nodes.ts';
import { enclosedVolume } from '../solids/volume.ts';
import { gatherWorldSurface, type WorldSurface } from '../solids/world-surface.ts';

/** All triangles of a document in the world. */
export function worldSurfaceOf(document: Document, ...patterns: string[]): WorldSurface {
  const nodes = namedMeshNodes(document, patterns.length > 0 ? patterns : undefined);
  return gatherWorldSurface(nodes, 10_000_000, 'a test')!;
}

/** Volume that the triangles of a document enclose. */
export function volumeOf(document: Document, ...patterns: string[]): number {
  const { positions, indices } = worldSurfaceOf(document, ...patterns);
  return enclosedVolume(positions, indices);
}

/** Edges that do not have one triangle on each side, once positions that are equal count as one. */
export function openEdgesOf({ positions, indices }: Pick<WorldSurface, 'positions' | 'indices'>): number {
  const welded = weldPositions(positions).indices;
  const edges = new Map<string, number>();
  for (let i = 0; i < indices.length; i++) {
    const [a, b] = [welded[indices[i]!]!, welded[indices[i % 3 === 2 ? i - 2 : i + 1]!]!];
    const [key, side] = a < b ? [`${a},${b}`, 1] : [`${b},${a}`, -1];
    edges.set(key, (edges.get(key) ?? 0) + side);
  }
  return [...edges.values()].filter((sum) => sum !== 0).length;
}

/** How far the furthest of some points lies outside of the planes of a surface's triangles, in metres. */
export function furthestOutside(
  { positions: p, indices, origin }: WorldSurface,
  points: ArrayLike<number>,
  pointsOrigin: readonly number[],
): number {
  let most = -Infinity;
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => [0, 1, 2].map((axis) => p[indices[i + k]! * 3 + axis]! + origin[axis]!));
    const [u, v] = [b!, c!].map((corner) => corner.map((value, axis) => value - a![axis]!));
    const normal = [
      u![1]! * v![2]! - u![2]! * v![1]!,
      u![2]! * v![0]! - u![0]! * v![2]!,
      u![0]! * v![1]! - u![1]! * v![0]!,
    ];
    const length = Math.hypot(...normal);
    if (length < 1e-12) continue;
    for (let j = 0; j < points.length; j += 3) {
      const distance = [0, 1, 2].reduce(
        (sum, axis) => sum + ((points[j + axis]! + pointsOrigin[axis]! - a![axis]!) * normal[axis]!) / length,
        0,
      );
      most = Math.max(most, distance);
    }
  }
  return most;
}
