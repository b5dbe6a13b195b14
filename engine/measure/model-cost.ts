import type { Accessor, Document } from '@gltf-transform/core';
import type { InstancedMesh } from '@gltf-transform/extensions';
import type { ModelCost } from '#contracts/operations/optimize-report.ts';
import { countDrawn, storedVertices } from '../describe/count-drawn.ts';
import { measureTextures } from '../describe/measure-textures.ts';

/**
 * What a model costs.
 *
 * @param bytes the size of its file
 */
export function measureCost(document: Document, bytes: number): ModelCost {
  const scene = document.getRoot().getDefaultScene();
  const drawn = scene && countDrawn(scene);
  const textures = measureTextures(document).reduce((sum, { gpuBytes }) => sum + gpuBytes, 0);
  return {
    triangles: drawn?.triangles ?? 0,
    vertices: storedVertices(document),
    drawCalls: drawn?.drawCalls ?? 0,
    bytes,
    gpuBytes: geometryBytes(document) + textures,
  };
}

/** What the accessors and images of a document take, uncompressed: nearly all of its file. */
export function dataBytes(document: Document): number {
  const root = document.getRoot();
  const accessors = root.listAccessors().reduce((sum, accessor) => sum + padded(accessor.getByteLength()), 0);
  return root.listTextures().reduce((sum, texture) => sum + padded(texture.getImage()?.byteLength ?? 0), accessors);
}

/** Buffer views begin at multiples of four. */
function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}

/** Bytes of all vertices, indices, morph targets and instances; shared ones count once. */
function geometryBytes(document: Document): number {
  const accessors = new Set<Accessor>();
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of mesh.listPrimitives()) {
      for (const item of [primitive, ...primitive.listTargets()]) {
        for (const accessor of item.listAttributes()) accessors.add(accessor);
      }
      const indices = primitive.getIndices();
      if (indices) accessors.add(indices);
    }
  }
  for (const node of document.getRoot().listNodes()) {
    const instances = node.getExtension<InstancedMesh>('EXT_mesh_gpu_instancing');
    for (const accessor of instances?.listAttributes() ?? []) accessors.add(accessor);
  }
  let sum = 0;
  for (const accessor of accessors) sum += accessor.getArray()?.byteLength ?? 0;
  return sum;
}
