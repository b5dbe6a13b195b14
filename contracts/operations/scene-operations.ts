import { z } from 'zod';
import { LengthUnit } from '../model/length-unit.ts';
import { whenUsed } from '../when-used.ts';
import { placement } from './placement.ts';

/** Moves, turns and resizes the whole model. */
export const transformOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('transform'),
      unit: LengthUnit.default('m').describe(
        'What one unit of the model really is, where its file said or meant something else than metres',
      ),
      scale: placement().scale,
      fit: z
        .number()
        .min(1e-6)
        .max(1e6)
        .optional()
        .describe('Longest side of the bounds afterwards, in metres; in place of `unit` and `scale`'),
      rotate: placement().rotate,
      center: z
        .enum(['none', 'bounds', 'footprint'])
        .default('none')
        .describe('Moves the middle of the bounds to the origin; `footprint` in x and z only'),
      ground: z.boolean().default(false).describe('Moves the lowest point to y = 0'),
      translate: placement().translate,
    })
    .describe(
      'Moves, turns and resizes the whole model: scaled first, then turned, then placed. One node above the scene does it, so animations and skins go along; `flatten` works it into the nodes below.',
    ),
);

/** Removes levels of the hierarchy. */
export const flattenOperation = whenUsed(() =>
  z
    .object({ type: z.literal('flatten') })
    .describe(
      'Moves nodes up to the scene and works the transforms of their parents into them. Joints, animated nodes and what hangs from them stay where they are.',
    ),
);

/** Fewer draw calls. */
export const joinOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('join'),
      keepNamed: z.boolean().default(false).describe('Leaves meshes and nodes that have a name apart'),
    })
    .describe(
      'Joins meshes of the same material and layout under the same parent into one: fewer draw calls. Skinned, morphed, animated, hidden and instanced meshes stay apart, and so do splats and primitives with variants of materials. Best after `flatten`.',
    ),
);

/** Meshes cut into several. */
export const splitOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('split'),
      by: z
        .enum(['material', 'part'])
        .default('material')
        .describe('`part`: where triangles share no corner; each material of a mesh for itself'),
      minTriangles: z.int().min(1).default(1).describe('Parts with fewer triangles stay together as one'),
      maxParts: z.int().min(2).max(10_000).default(1000).describe('Parts of one material; the smallest stay together'),
    })
    .describe(
      'Cuts meshes into several, each with a node below the one that had the whole, named after it. Meshes whose morph weights are animated stay whole.',
    ),
);

/** Repeated meshes as instances. */
export const instanceOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('instance'),
      min: z.int().min(2).max(1_000_000).default(5).describe('Fewest uses of one mesh that are worth it'),
    })
    .describe(
      'Draws nodes that share a mesh as instances: one draw call, one node. The extension EXT_mesh_gpu_instancing is then required of who reads the file. Models with animations or skins keep their nodes. `dedupe` first finds meshes that are copies.',
    ),
);
