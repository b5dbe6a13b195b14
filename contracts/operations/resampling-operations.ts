import { z } from 'zod';
import { whenUsed } from '../when-used.ts';
import { NamePatterns } from './name-patterns.ts';

/** A surface as points. */
export const sampleOperation = whenUsed(() =>
  z
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
    ),
);

const resolution = z.int().min(2).max(2048).describe('Cells along the longest side of the bounds');
const cellSize = z
  .number()
  .min(1e-6)
  .max(1e6)
  .optional()
  .describe('Side of a cell in metres, in place of `resolution`. Forty million cells at most, empty ones included');

/** A model of cubes. */
export const voxelizeOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('voxelize'),
      resolution: resolution.default(64),
      cellSize,
      fill: z
        .enum(['both', 'solid', 'surface'])
        .default('both')
        .describe(
          '`surface`: cells that a triangle touches; `solid`: cells whose middle is inside; `both`: both. What is inside is decided along three axes, so that small holes do no harm',
        ),
      output: z
        .enum(['blocks', 'points'])
        .default('blocks')
        .describe('Faces of the cubes that can be seen, or a point in the middle of each cube that has some'),
      merge: z
        .boolean()
        .default(false)
        .describe(
          'Makes one rectangle of faces with the same colour: fewer triangles, whose corners lie on the sides of others',
        ),
      colors: z
        .boolean()
        .default(true)
        .describe('Cubes have the colour of the surface next to them, else the mean colour'),
      nodes: NamePatterns.optional(),
    })
    .describe(
      'Makes a model of equal cubes, in its rest pose, in place of the meshes. The volume of `solid` comes nearer to that of the model with the square of the resolution.',
    ),
);

/** Even triangles. */
export const remeshOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('remesh'),
      resolution: resolution.default(128),
      cellSize,
      method: z
        .enum(['solid', 'skin'])
        .default('solid')
        .describe(
          '`solid`: around what is inside, cavities included, with holes closed; `skin`: around what can be reached from outside (meshoptimizer), thin sheets get two sides; 256 cells at most',
        ),
      of: z.enum(['scene', 'mesh']).default('scene').describe('One surface around everything, or one for each mesh'),
      fit: z
        .boolean()
        .default(true)
        .describe(
          'Evens the triangles out and brings them back onto the source. Without, edges are as sharp as the cells allow',
        ),
      attributes: z
        .enum(['materials', 'colors', 'none'])
        .default('materials')
        .describe(
          'What goes along: materials with texture coordinates and colours, the colours alone as vertex colours, or the mean colour',
        ),
      nodes: NamePatterns.optional(),
    })
    .describe(
      'Makes a closed surface of even triangles out of any other, broken ones as well, in its rest pose (dual contouring, Ju et al. 2002). Overlapping parts become one; what is thinner than a cell may vanish. Put `simplify` behind it for fewer triangles where the surface is flat.',
    ),
);
