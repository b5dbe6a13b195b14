import type { GLTF } from '@gltf-transform/core';
import { parseGlb } from './parse-glb.ts';

/**
 * The images in a GLB as they lie in its BIN chunk, without reading the model: views into its bytes. Nothing that is
 * wrong with the file is told of; what cannot be read is left out.
 */
export function embeddedImages(glb: Uint8Array): Uint8Array[] {
  try {
    const { json, bin } = parseGlb(glb, '');
    if (!bin) return [];
    const { images, bufferViews } = JSON.parse(new TextDecoder().decode(json)) as GLTF.IGLTF;
    return (images ?? []).flatMap(({ bufferView }) => {
      const view = bufferView === undefined ? undefined : bufferViews?.[bufferView];
      if (view?.buffer !== 0) return [];
      return [bin.subarray(view.byteOffset ?? 0, (view.byteOffset ?? 0) + view.byteLength)];
    });
  } catch {
    return [];
  }
}
