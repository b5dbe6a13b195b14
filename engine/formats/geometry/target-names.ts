import type { Mesh } from '@gltf-transform/core';

/** Names of the morph targets of a mesh, as exporters leave them in its extras; numbered where there are none. */
export function targetNames(mesh: Mesh, count: number): string[] {
  const { targetNames: given } = mesh.getExtras();
  return Array.from({ length: count }, (_, i) => {
    const name = Array.isArray(given) ? (given as unknown[])[i] : undefined;
    return typeof name === 'string' && name ? name : `shape_${i}`;
  });
}
