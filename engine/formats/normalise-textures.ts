import type { Document } from '@gltf-transform/core';
import { type Corrections, plural } from './corrections.ts';
import { readImageHeader } from './image-header.ts';

/** Types of images that glTF or one of its extensions has a place for. */
const HELD = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/ktx2', 'image/avif']);

/**
 * Removes textures whose bytes are no readable image of a type that glTF holds, so that materials are drawn without
 * them, and says of the others what type they are.
 */
export function normaliseTextures(document: Document, corrections: Corrections): void {
  for (const texture of document.getRoot().listTextures()) {
    const bytes = texture.getImage();
    const header = bytes && readImageHeader(bytes);
    if (header && HELD.has(header.mimeType) && header.width > 0 && header.height > 0) {
      texture.setMimeType(header.mimeType);
      continue;
    }
    texture.dispose();
    corrections.add(
      'damaged_texture',
      1,
      (n) =>
        `${plural(n, 'texture')} ${n === 1 ? 'is no readable image' : 'are no readable images'}; the materials that use ${n === 1 ? 'it' : 'them'} are drawn without.`,
    );
  }
}
