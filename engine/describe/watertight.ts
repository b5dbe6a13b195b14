import type { Mesh } from '@gltf-transform/core';
import { forEachEdge } from './edges.ts';
import { readSurface } from './mesh-surface.ts';

/**
 * Whether every edge of the mesh borders exactly two triangles, after vertices at exactly the same position count as
 * one (normals and texture seams split them). All primitives together: materials split a surface, too. Triangles
 * that have no area because two corners coincide are left out. Null for a mesh without triangles.
 */
export function isWatertight(mesh: Mesh): boolean | null {
  const surface = readSurface(mesh);
  if (!surface) return null;
  let edges = 0;
  let others = 0;
  forEachEdge(surface, ({ forward, backward }) => {
    edges++;
    if (forward + backward !== 2) others++;
  });
  return edges === 0 ? null : others === 0;
}
