import { measureBounds } from '../../describe/measure-bounds.ts';
import type { ModelCheck } from './check.ts';

/** In metres. */
const SMALLEST = 1e-3;
const LARGEST = 10_000;

/** A model so small or large that its unit is in doubt. */
export const extremeScale: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures: 'longest side of the bounds of the default scene, in metres',
  finding: `below ${SMALLEST} or above ${LARGEST}`,
  severity: 'warning',
  remedy:
    'Check the unit of the export: glTF is in metres. Augmented reality shows the model at this size, and viewers lose precision.',
  measure(document) {
    const scene = document.getRoot().getDefaultScene();
    const bounds = scene && measureBounds(scene);
    if (!scene || !bounds) return null;
    const value = Math.max(...bounds.max.map((max, axis) => max - bounds.min[axis]!));
    return {
      value,
      found: value < SMALLEST || value > LARGEST,
      text: `The model is ${value.toPrecision(3)} m along its longest side`,
      places: [{ property: scene, detail: '' }],
    };
  },
};
