import { z } from 'zod';
import { whenUsed } from '../when-used.ts';
import { NamePatterns } from './name-patterns.ts';
import { otherModelInput } from './other-model.ts';

/** What is convex around a model. */
export const hullOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('hull'),
      of: z
        .enum(['scene', 'mesh', 'part'])
        .default('scene')
        .describe(
          'One hull around everything, one in place of each mesh, or one for each part of a mesh that hangs together',
        ),
      nodes: NamePatterns.optional(),
      maxVertices: z
        .int()
        .min(4)
        .max(100_000)
        .optional()
        .describe(
          'Of each hull; it then is the hull of those points that add most, a little smaller than the true one',
        ),
      maxParts: z
        .int()
        .min(1)
        .max(10_000)
        .default(1000)
        .describe('Of one mesh, with `part`; the smallest share a hull'),
      keep: z.boolean().default(false).describe('Keeps the meshes too, with `scene`'),
    })
    .describe(
      'Puts convex hulls in place of meshes (quickhull, manifold): of triangles, lines and points alike. Skinned meshes in their rest pose. Hulls have no texture coordinates: they get the mean colour. What is flat stays as it is.',
    ),
);

const coordinate = z.number().min(-1e6).max(1e6);

/** A cut by a plane. */
export const sliceOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('slice'),
      normal: z
        .tuple([coordinate, coordinate, coordinate])
        .default([0, 1, 0])
        .describe('Where the plane faces, of any length; what lies there is above it'),
      at: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe('Where along the normal: share of the way through the bounds of the model'),
      offset: z
        .number()
        .min(-1e6)
        .max(1e6)
        .optional()
        .describe('The same in metres from the origin of the world along the normal, in place of `at`'),
      keep: z
        .enum(['below', 'above', 'both'])
        .default('below')
        .describe('What stays; `both` puts the sides into nodes of their own'),
      cap: z.boolean().default(true).describe('Closes what is cut open with faces in the plane'),
      contours: z
        .boolean()
        .default(false)
        .describe(
          'The outlines of the cut as lines, in place of the model: at one plane, or at each of `layers` or `spacing`',
        ),
      layers: z
        .int()
        .min(1)
        .max(10_000)
        .optional()
        .describe('Planes through the bounds, each in the middle of a layer, with `contours`'),
      spacing: z
        .number()
        .min(1e-6)
        .max(1e6)
        .optional()
        .describe('The thickness of the layers in metres, in place of `layers`; ten thousand layers at most'),
      nodes: NamePatterns.optional(),
    })
    .describe(
      'Cuts meshes at a plane. Vertices at the cut have the values in between of all attributes and morph targets; caps have the material of what they close. Skinned meshes in their rest pose. Meshes may be open: where an outline is no loop, the cut stays open.',
    ),
);

/** Bodies joined, taken away from or cut with one another. */
export const booleanOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('boolean'),
      operation: z
        .enum(['union', 'difference', 'intersection'])
        .default('union')
        .describe('`difference`: what of `a` is not in `b`; `intersection`: what is in both'),
      a: NamePatterns.optional().describe('Names of nodes or meshes; all but those of `b` by default'),
      b: NamePatterns.optional().describe(
        'Names of nodes or meshes; with `union` and `intersection`, those of `a` alone will do. Beside `with`, names of that model; all of it by default',
      ),
      with: otherModelInput()
        .optional()
        .describe('Another model that `b` is taken from, by its name or with where it stands (below)'),
      open: z
        .enum(['fill', 'remesh', 'fail'])
        .default('fill')
        .describe(
          'What becomes of a mesh that is open: `fill` mends it and fills its holes; `remesh` makes it anew out of cells where that is not enough; otherwise it is an error',
        ),
      name: z.string().min(1).max(200).optional().describe('Of the node of the result; by default the operation'),
    })
    .describe(
      'Puts the union, difference or intersection of bodies, of the model alone or `with` another, in their place: one closed mesh in the world, whose faces keep the materials, normals, texture coordinates and colours that they came with (manifold). Meshes have to be closed; parts of one mesh may overlap. Rest pose.',
    ),
);
