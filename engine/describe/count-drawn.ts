import type { Accessor, Document, Material, Mesh, Node, Scene } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import { isSplats } from '../formats/splat/splat-primitive.ts';
import { isHidden } from './is-hidden.ts';
import { elementCounts } from './triangle-indices.ts';

/** What drawing a scene takes; instances count as often as they are drawn. */
export interface Drawn {
  triangles: number;
  lines: number;
  points: number;
  splats: number;
  drawCalls: number;
  meshes: Set<Mesh>;
  /** Triangles by material. */
  materials: Map<Material, number>;
}

/** What drawing nothing takes. */
export function noDraws(): Drawn {
  return { triangles: 0, lines: 0, points: 0, splats: 0, drawCalls: 0, meshes: new Set(), materials: new Map() };
}

/** What drawing a scene takes. */
export function countDrawn(scene: Scene): Drawn {
  const drawn = noDraws();
  const open: Node[] = [...scene.listChildren()];
  for (let node = open.pop(); node; node = open.pop()) {
    if (isHidden(node)) continue;
    open.push(...node.listChildren());
    const mesh = node.getMesh();
    if (!mesh) continue;
    drawn.meshes.add(mesh);
    const instanced = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
    const instances = instanced ? (instanced.listAttributes()[0]?.getCount() ?? 0) : 1;
    for (const primitive of mesh.listPrimitives()) {
      const counts = elementCounts(primitive);
      drawn.drawCalls++;
      drawn.triangles += counts.triangles * instances;
      drawn.lines += counts.lines * instances;
      if (isSplats(primitive)) drawn.splats += counts.points * instances;
      else drawn.points += counts.points * instances;
      const material = primitive.getMaterial();
      if (material) drawn.materials.set(material, (drawn.materials.get(material) ?? 0) + counts.triangles * instances);
    }
  }
  return drawn;
}

/** Vertices that the document stores; shared ones count once. */
export function storedVertices(document: Document): number {
  const positions = new Set<Accessor>();
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      const position = primitive.getAttribute('POSITION');
      if (position) positions.add(position);
    }
  }
  let sum = 0;
  for (const position of positions) sum += position.getCount();
  return sum;
}
