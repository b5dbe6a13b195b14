import type { Mesh, Node, Scene } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import { isHidden } from '../describe/is-hidden.ts';
import type { Matrix } from '../describe/matrix.ts';
import { instanceMatrices, jointMatrices } from '../describe/measure-bounds.ts';

/** How a mesh stands in a scene. */
export interface Placement {
  /** How often it is drawn. */
  uses: number;
  /** The largest factor by which it is drawn: local units times this are metres at most. */
  scale: number;
}

/** The visible nodes of a scene that have a mesh, in the order of the hierarchy. */
export function meshNodes(scene: Scene): { node: Node; mesh: Mesh }[] {
  const found: { node: Node; mesh: Mesh }[] = [];
  const open: Node[] = scene.listChildren().toReversed();
  for (let node = open.pop(); node; node = open.pop()) {
    if (isHidden(node)) continue;
    open.push(...node.listChildren().toReversed());
    const mesh = node.getMesh();
    if (mesh) found.push({ node, mesh });
  }
  return found;
}

/**
 * The matrices from a mesh's space to the world at one node: one, or those of the instances. Primitives that joints place
 * have none: their vertices are in the world when they are skinned.
 */
export function placementMatrices(node: Node): Matrix[] {
  const instances = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
  return instances ? instanceMatrices(node, instances) : [node.getWorldMatrix() as Matrix];
}

/** How each mesh of a scene is placed; meshes outside of it are missing. */
export function measurePlacements(scene: Scene | null): Map<Mesh, Placement> {
  const placements = new Map<Mesh, Placement>();
  for (const { node, mesh } of scene ? meshNodes(scene) : []) {
    const skin = node.getSkin();
    const matrices = skin ? jointMatrices(skin) : placementMatrices(node);
    const known = placements.get(mesh) ?? { uses: 0, scale: 0 };
    known.uses += skin ? 1 : matrices.length;
    for (const matrix of matrices) known.scale = Math.max(known.scale, largestScale(matrix));
    placements.set(mesh, known);
  }
  return placements;
}

/** The length of the longest axis. Of sheared matrices the true factor may be up to √3 times as large. */
function largestScale(m: Matrix): number {
  let largest = 0;
  for (let column = 0; column < 3; column++) {
    const [x, y, z] = m.slice(column * 4, column * 4 + 3) as [number, number, number];
    largest = Math.max(largest, Math.sqrt(x * x + y * y + z * z));
  }
  return largest;
}
