import { floatsOf } from '../../render/accessor-floats.ts';
import type { ModelCheck } from './check.ts';
import { coordinateUses } from './coordinate-use.ts';
import { Tally } from './tally.ts';

/** Half a texel of a texture of 1024: beyond the border by less than this is rounding. */
const TOLERANCE = 0.0005;

/** Texture coordinates outside of the unit square. */
export const uvOutOfRange: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures: 'share from 0 to 1 of the triangles with a texture coordinate below 0 or above 1',
  finding: 'any',
  severity: 'info',
  remedy:
    'Harmless where a texture is meant to repeat. For an atlas, baking, or a sampler that clamps, move the UV islands into the unit square.',
  measure(document) {
    const tally = new Tally();
    let triangles = 0;
    for (const { primitive, set, coordinates, vertices } of coordinateUses(document)) {
      const values = floatsOf(coordinates);
      const outside = new Uint8Array(coordinates.getCount());
      for (let i = 0; i < outside.length; i++)
        if (isOutside(values[i * 2]!) || isOutside(values[i * 2 + 1]!)) outside[i] = 1;
      let count = 0;
      for (let i = 0; i + 2 < vertices.length; i += 3) {
        if (outside[vertices[i]!] || outside[vertices[i + 1]!] || outside[vertices[i + 2]!]) count++;
      }
      triangles += Math.floor(vertices.length / 3);
      tally.add(primitive, `TEXCOORD_${set}`, count);
    }
    if (triangles === 0) return null;
    const value = tally.total / triangles;
    return {
      value,
      found: value > 0,
      text: `${(value * 100).toFixed(1)} % of the triangles reach beyond the unit square of their texture`,
      places: tally.places,
    };
  },
};

function isOutside(value: number): boolean {
  return value < -TOLERANCE || value > 1 + TOLERANCE;
}
