import { z } from 'zod';
import { ExportFormat, ExportOptions } from '../model/export-format.ts';
import { Profile, ValidationProfileName } from '../profiles/profile.ts';
import { Operation } from './operation.ts';

/** Limits on the result: a recipe whose result breaks one fails. */
export const Gates = z
  .object({
    maxDeviation: z.number().min(0).optional().describe('Largest distance from the source, in metres'),
    maxRelativeDeviation: z
      .number()
      .min(0)
      .optional()
      .describe('The same as a share of the diagonal of the bounds of the source'),
    maxBytes: z.int().min(1).optional().describe('Size of the file'),
    maxTriangles: z.int().min(0).optional().describe('As drawn in the default scene'),
    maxVertices: z.int().min(0).optional().describe('As stored'),
    maxDrawCalls: z.int().min(0).optional(),
    maxGpuBytes: z.int().min(0).optional().describe('Memory of vertices and textures on a GPU'),
    maxTextureSize: z.int().min(1).optional().describe('Longest side of any texture, in pixels'),
    minSsim: z
      .number()
      .min(-1)
      .max(1)
      .optional()
      .describe('Least structural similarity to the source that a picture from any side may have, 1: the same'),
    profile: z
      .union([ValidationProfileName, Profile])
      .optional()
      .describe(
        'A validation profile that the result as GLB has to pass: its name, on a server also of one of the organisation, or its rules (validation.md)',
      ),
  })
  .strict();

/** What to reach. Simplification and the size of the textures are searched for it. */
export const Target = z
  .object({
    bytes: z.int().min(1).optional().describe('Largest size of the file'),
    triangles: z.int().min(1).optional().describe('Most triangles, as drawn in the default scene'),
  })
  .strict()
  .refine((target) => target.bytes !== undefined || target.triangles !== undefined, 'Give `bytes` or `triangles`.');

/** How the deviation from the source is measured. */
export const DeviationSettings = z
  .object({
    samples: z
      .int()
      .min(0)
      .max(2_000_000)
      .default(50_000)
      .describe('Points on each of the two surfaces; 0: no measurement'),
    seed: z.int().min(0).max(4_294_967_295).default(1).describe('Of the places of the points'),
  })
  .strict();

/** How pictures of the result are compared with pictures of the source. */
export const PictureSettings = z
  .object({
    views: z.int().min(1).max(32).default(4).describe('Cameras, evenly round the source'),
    size: z.int().min(64).max(2048).default(512).describe('Width and height of the pictures, in pixels'),
  })
  .strict();

/** A format that the result is written in, with choices where there are any. */
export const RecipeOutput = z.union([ExportFormat, ExportOptions]);

/** Operations in their order, what the result has to keep to, and what is to be reached. */
export const Recipe = z
  .object({
    operations: z.array(Operation).max(50).default([]),
    gates: Gates.optional(),
    target: Target.optional(),
    deviation: DeviationSettings.default({ samples: 50_000, seed: 1 }),
    picture: PictureSettings.optional().describe(
      'Compares pictures of the result with pictures of the source; without it, only where a gate asks',
    ),
    outputs: z
      .array(RecipeOutput)
      .min(1)
      .max(8)
      .default(['glb'])
      .describe('Formats of the result, each once: names, or objects where a format leaves choices'),
  })
  .strict();

export type Gates = z.output<typeof Gates>;
export type Target = z.output<typeof Target>;
export type DeviationSettings = z.output<typeof DeviationSettings>;
export type PictureSettings = z.output<typeof PictureSettings>;
export type RecipeOutput = z.output<typeof RecipeOutput>;
export type Recipe = z.output<typeof Recipe>;

/** An output with its choices, whichever way it was written. */
export function outputOptions(output: RecipeOutput): ExportOptions {
  return typeof output === 'string' ? { format: output } : output;
}
