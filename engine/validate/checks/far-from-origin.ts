import { measureBounds } from '../../describe/measure-bounds.ts';
import type { ModelCheck } from './check.ts';

/** At this many of its diagonals from the origin, a float tells positions apart by 1/100,000 of the model at best. */
const NOTABLE = 100;

/** A model that lies far from the origin for its size. */
export const farFromOrigin: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures: 'distance of the centre of the bounds from the origin, in diagonals of the bounds',
  finding: `above ${NOTABLE}`,
  severity: 'warning',
  remedy:
    'Move the model to the origin (`transform` with `center` in a recipe): viewers turn about the origin, and positions far from it are coarse.',
  measure(document) {
    const scene = document.getRoot().getDefaultScene();
    const bounds = scene && measureBounds(scene);
    if (!scene || !bounds) return null;
    const { min, max } = bounds;
    const diagonal = Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]);
    if (diagonal === 0) return null;
    const distance = Math.hypot(max[0] + min[0], max[1] + min[1], max[2] + min[2]) / 2;
    const value = distance / diagonal;
    return {
      value,
      found: value > NOTABLE,
      text: `The model lies ${distance.toPrecision(3)} m from the origin, ${Math.round(value)} times its own diagonal`,
      places: [{ property: scene, detail: '' }],
    };
  },
};
