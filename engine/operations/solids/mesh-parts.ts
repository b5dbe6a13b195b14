import type { Mesh } from '@gltf-transform/core';
import { DisjointSets } from '../../describe/disjoint-sets.ts';
import { readSurface } from '../../describe/mesh-surface.ts';

/**
 * Points of the parts of a mesh: triangles that share a position hang together, whatever their materials. The largest
 * first; where there are too many, the smallest are one.
 *
 * @returns for each part lists of three numbers a point
 */
export function meshParts(mesh: Mesh, maxParts: number): Float32Array[][] {
  const surface = readSurface(mesh);
  if (!surface) return [];
  const { positions, corners } = surface;
  const sets = new DisjointSets(positions.length / 3);
  for (let i = 0; i < corners.length; i++) sets.union(corners[i]!, corners[i - (i % 3)]!);
  const vertices = new Map<number, number[]>();
  const seen = new Uint8Array(positions.length / 3);
  for (const vertex of corners) {
    if (seen[vertex]) continue;
    seen[vertex] = 1;
    const root = sets.find(vertex);
    const known = vertices.get(root);
    if (known) known.push(vertex);
    else vertices.set(root, [vertex]);
  }
  const parts = [...vertices.values()].sort((a, b) => b.length - a.length).map((list) => pointsOf(positions, list));
  return parts.length <= maxParts
    ? parts.map((points) => [points])
    : [...parts.slice(0, maxParts - 1).map((points) => [points]), parts.slice(maxParts - 1)];
}

function pointsOf(positions: Float32Array, vertices: readonly number[]): Float32Array {
  const out = new Float32Array(vertices.length * 3);
  for (const [i, vertex] of vertices.entries()) for (let k = 0; k < 3; k++) out[i * 3 + k] = positions[vertex * 3 + k]!;
  return out;
}
