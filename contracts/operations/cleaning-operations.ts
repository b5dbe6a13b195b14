import { z } from 'zod';
import { whenUsed } from '../when-used.ts';

/** Equal data held once. */
export const dedupeOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('dedupe'),
      keepNames: z.boolean().default(false).describe('Things with different names stay apart'),
    })
    .describe('Holds equal accessors, meshes, textures, materials and skins once. Nothing that can be seen changes.'),
);

/** Removes what nothing uses. */
export const pruneOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('prune'),
      keepLeaves: z.boolean().default(false).describe('Keeps empty nodes, such as markers and attachment points'),
      keepAttributes: z
        .boolean()
        .default(false)
        .describe('Keeps vertex attributes that no material needs, such as a second set of texture coordinates'),
      keepExtras: z.boolean().default(true).describe('Keeps whatever has custom properties (extras)'),
    })
    .describe(
      'Removes what no scene uses: nodes, meshes, materials, textures, accessors, empty animations. What an extension that is only carried along refers to stays.',
    ),
);

/** What `strip` can take away. */
export const STRIPPABLE = [
  'animations',
  'cameras',
  'lights',
  'skins',
  'morphTargets',
  'materials',
  'textures',
  'colors',
  'normals',
  'tangents',
  'texcoords',
  'points',
  'lines',
  'extras',
  'names',
] as const;

/** Removes things by kind. */
export const stripOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('strip'),
      kinds: z
        .array(z.enum(STRIPPABLE))
        .min(1)
        .describe(
          'What to remove. Without their skins, meshes stand in their rest pose; without morph targets, as their default weights leave them',
        ),
    })
    .describe('Removes everything of the given kinds, and what only they used.'),
);

/** What `rename` can name. */
export const RENAMABLE = ['nodes', 'meshes', 'materials', 'textures', 'animations', 'skins', 'cameras'] as const;

/** Changes names. */
export const renameOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('rename'),
      kinds: z.array(z.enum(RENAMABLE)).min(1).default(['nodes', 'meshes', 'materials']).describe('Whose names'),
      find: z.string().max(200).default('').describe('Text to replace wherever it stands in a name; empty: none'),
      replace: z.string().max(200).default('').describe('What takes its place'),
      prefix: z.string().max(200).default(''),
      suffix: z.string().max(200).default(''),
      unique: z
        .boolean()
        .default(false)
        .describe('Numbers equal names of one kind apart (`bolt`, `bolt_2`) and names the nameless after their kind'),
    })
    .describe('Changes names: replaces text in them, adds to them, makes them unique.'),
);
