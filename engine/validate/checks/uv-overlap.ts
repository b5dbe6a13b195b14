import type { Accessor, Material } from '@gltf-transform/core';
import { floatsOf } from '../../render/accessor-floats.ts';
import type { ModelCheck } from './check.ts';
import { coordinateUses } from './coordinate-use.ts';
import { MAX_PLACES } from './tally.ts';
import { uvCoverage } from './uv-coverage.ts';

/** Below this share, overlaps are the corners of single texels. */
export const NOTABLE_OVERLAP = 0.01;

/** Faces that lie upon one another in texture space. */
export const uvOverlap: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures:
    'share from 0 to 1 of the covered texture space that more than one triangle covers, by material and set of coordinates (in a grid of up to 1024 × 1024 on the unit square; the rest is left out)',
  finding: `above ${NOTABLE_OVERLAP}`,
  severity: 'info',
  remedy:
    'Harmless where a texture is repeated or mirrored on purpose. For baking, light maps and painting, unwrap the model so that no faces overlap.',
  measure(document) {
    const uses = Map.groupBy(coordinateUses(document), ({ material }) => material);
    let covered = 0;
    let overlapped = 0;
    const found: Material[] = [];
    for (const [material, ofMaterial] of uses) {
      for (const ofSet of Map.groupBy(ofMaterial, ({ set }) => set).values()) {
        const values = new Map<Accessor, Float32Array>();
        const own = uvCoverage(
          ofSet.map(({ coordinates, vertices }) => {
            const known = values.get(coordinates) ?? floatsOf(coordinates);
            values.set(coordinates, known);
            return { coordinates: known, vertices };
          }),
        );
        covered += own.covered;
        overlapped += own.overlapped;
        if (material && own.overlapped > NOTABLE_OVERLAP * own.covered && !found.includes(material))
          found.push(material);
      }
    }
    if (covered === 0) return null;
    const value = overlapped / covered;
    return {
      value,
      found: value > NOTABLE_OVERLAP,
      text: `${(value * 100).toFixed(1)} % of the texture space in use is covered more than once`,
      places: found.slice(0, MAX_PLACES).map((property) => ({ property, detail: '' })),
    };
  },
};
