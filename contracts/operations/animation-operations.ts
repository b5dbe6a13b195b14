import { z } from 'zod';
import { whenUsed } from '../when-used.ts';

const tolerance = (initial: number, most: number) => z.number().min(0).max(most).default(initial);

/** Keys of animations that are not needed. */
export const resampleOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('resample'),
      translation: tolerance(0.0001, 1000).describe(
        'Largest error of a position, in metres of the space of its parent',
      ),
      rotation: tolerance(0.01, 180).describe('Largest error of a rotation, in degrees'),
      scale: tolerance(0.0001, 1000).describe('Largest error of a scale factor'),
      weights: tolerance(0.0001, 1000).describe('Largest error of the weight of a morph target'),
    })
    .describe(
      'Removes keys of animations that the curve between their neighbours passes close by. The length of clips stays. Errors are those of each node; along a chain of joints they add up. Cubic splines and animated properties of materials, lights and cameras stay as they are.',
    ),
);
