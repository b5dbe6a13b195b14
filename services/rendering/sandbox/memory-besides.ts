import type { Document } from '@gltf-transform/core';
import { type ProcessLoad, processMemory } from '../cost/process-memory.ts';

/** Memory of the process beside the kernel's, for a document that was read: see `processMemory`. */
export function memoryBesides(
  document: Document,
  glbBytes: number,
  request: ProcessLoad['request'],
  threads: number,
): Record<string, number> {
  const root = document.getRoot();
  const primitives = root.listMeshes().flatMap((mesh) => mesh.listPrimitives());
  const vertices = primitives.reduce(
    (sum, primitive) => sum + (primitive.getAttribute('POSITION')?.getCount() ?? 0),
    0,
  );
  const textures = root.listTextures().map((texture) => {
    const [width, height] = texture.getSize() ?? [0, 0];
    return { width, height };
  });
  return processMemory({ glbBytes, vertices, textures, request, threads });
}
