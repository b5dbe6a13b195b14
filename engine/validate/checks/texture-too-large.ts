import { plural } from '../../formats/corrections.ts';
import { readImageHeader } from '../../formats/image-header.ts';
import type { ModelCheck } from './check.ts';
import { Tally } from './tally.ts';

/** Many phones and browsers refuse longer sides, or scale them down. */
const LONGEST_SIDE = 4096;

/** Textures beyond 4k. */
export const textureTooLarge: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures: `textures with a side of more than ${LONGEST_SIDE} pixels`,
  finding: 'any',
  severity: 'warning',
  remedy:
    'Scale the texture down: with its mip-maps it takes more than 85 MiB on a GPU, and many phones refuse it. `maquette optimize` does.',
  measure(document) {
    const textures = document.getRoot().listTextures();
    const tally = new Tally();
    for (const texture of textures) {
      const header = readImageHeader(texture.getImage() ?? new Uint8Array(0));
      if (header && Math.max(header.width, header.height) > LONGEST_SIDE) {
        tally.add(texture, `${header.width} × ${header.height}`);
      }
    }
    const { total, places } = tally;
    if (textures.length === 0) return null;
    return {
      value: total,
      found: total > 0,
      text: `${plural(total, 'texture')} ${total === 1 ? 'has' : 'have'} a side of more than ${LONGEST_SIDE} pixels`,
      places,
    };
  },
};
