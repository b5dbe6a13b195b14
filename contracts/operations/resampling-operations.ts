import { z } from 'zod';
import { NamePatterns } from './name-patterns.ts';

/** A surface as points. */
export const SampleOperation = z
  .object({
    type: z.literal('sample'),
    count: z.int().min(1).max(10_000_000).default(100_000).describe('Points'),
    density: z
      .number()
      .min(0.000001)
      .max(1e12)
      .optional()
      .describe('Points for each square metre, in place of `count`; ten million at most'),
    pattern: z
      .enum(['blueNoise', 'stratified', 'random'])
      .default('stratified')
      .describe(
        '`random`: each point anywhere; `stratified`: one in each of equally large strips of the surface; `blueNoise`: none near another (Yuksel 2015), one million at most',
      ),
    seed: z.int().min(0).max(4_294_967_295).default(1).describe('Of the places of the points'),
    normals: z.boolean().default(true).describe('Points have the normal of the surface'),
    colors: z.boolean().default(true).describe('Points have its colour, from materials, vertex colours and textures'),
    nodes: NamePatterns.optional(),
  })
  .describe(
    'Makes a point cloud of the surface, in its rest pose, with equally many points everywhere for their area. It takes the place of the meshes.',
  );
