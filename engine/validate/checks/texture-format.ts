import { plural } from '../../formats/corrections.ts';
import { readImageHeader } from '../../formats/image-header.ts';
import type { ModelCheck } from './check.ts';
import { Tally } from './tally.ts';

/** What glTF 2.0 and its texture extensions hold. */
const FORMATS = ['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/ktx2'];

/** Textures that no glTF may hold. */
export const textureFormat: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures: 'textures that are neither PNG, JPEG, WebP, AVIF nor KTX2, or damaged from their first bytes on',
  finding: 'any',
  severity: 'warning',
  sameAs: ['IMAGE_UNRECOGNIZED_FORMAT'],
  remedy: 'Save the texture as PNG or JPEG (or WebP, AVIF, KTX2 with their extensions): viewers show nothing of it.',
  measure(document) {
    const textures = document.getRoot().listTextures();
    const tally = new Tally();
    for (const texture of textures) {
      const header = readImageHeader(texture.getImage() ?? new Uint8Array(0));
      if (header && header.width > 0 && FORMATS.includes(header.mimeType)) continue;
      tally.add(texture, header?.mimeType ?? 'unknown format');
    }
    const { total, places } = tally;
    if (textures.length === 0) return null;
    return {
      value: total,
      found: total > 0,
      text: `${plural(total, 'texture')} that glTF cannot hold`,
      places,
    };
  },
};
