import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Document } from '@gltf-transform/core';
import { readImageHeader } from '#engine/formats/image-header.ts';
import { type ProcessLoad, processMemory } from '../cost/process-memory.ts';
import { ENVIRONMENT_FILE } from './render-input.ts';

/** Memory of the process beside the kernel's, for a document that was read: see `processMemory`. */
export function memoryBesides(
  document: Document,
  load: Pick<ProcessLoad, 'glbBytes' | 'environmentBytes' | 'request' | 'threads'>,
): Record<string, number> {
  const root = document.getRoot();
  const primitives = root.listMeshes().flatMap((mesh) => mesh.listPrimitives());
  const vertices = primitives.reduce(
    (sum, primitive) => sum + (primitive.getAttribute('POSITION')?.getCount() ?? 0),
    0,
  );
  const textures = root.listTextures().map((texture) => {
    const bytes = texture.getImage();
    const header = bytes && readImageHeader(bytes);
    return { width: header?.width ?? 0, height: header?.height ?? 0 };
  });
  return processMemory({ ...load, vertices, textures });
}

/** Size of the file of an uploaded environment that a request names, which lies in the task's folder; 0 without one. */
export async function environmentBytes(folder: string, { environment }: { environment: string }): Promise<number> {
  return environment.startsWith('env_') ? (await stat(join(folder, ENVIRONMENT_FILE))).size : 0;
}
