import { z } from 'zod';
import { whenUsed } from '../when-used.ts';

/** How a model is resized, turned and placed, in this order. */
export const placement = whenUsed(() => {
  const degrees = z.number().min(-360).max(360);
  const metres = z.number().min(-1e6).max(1e6);
  return {
    scale: z.number().min(1e-6).max(1e6).default(1).describe('Factor, the same in all directions'),
    rotate: z
      .tuple([degrees, degrees, degrees])
      .default([0, 0, 0])
      .describe('Degrees about the axes x, then y, then z, all fixed in space'),
    translate: z.tuple([metres, metres, metres]).default([0, 0, 0]).describe('Metres, after all of the above'),
  };
});
