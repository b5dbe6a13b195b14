import { z } from 'zod';
import { DEFAULT_LIMITS } from './default-limits.ts';

/** Limits on a model, checked before memory is allocated. */
export const ModelLimits = z.object({
  fileBytes: z.int().positive().default(DEFAULT_LIMITS.fileBytes).describe('All source files together'),
  decodedBytes: z
    .int()
    .positive()
    .default(DEFAULT_LIMITS.decodedBytes)
    .describe('Accessors and buffers after decompression'),
  triangles: z.int().positive().default(DEFAULT_LIMITS.triangles),
  nodes: z.int().positive().default(DEFAULT_LIMITS.nodes),
  texturePixels: z.int().positive().default(DEFAULT_LIMITS.texturePixels).describe('Width times height of one texture'),
  archiveEntries: z.int().positive().default(DEFAULT_LIMITS.archiveEntries),
  archiveRatio: z
    .int()
    .positive()
    .default(DEFAULT_LIMITS.archiveRatio)
    .describe('Unpacked size over packed size of a whole archive'),
});

export type ModelLimits = z.infer<typeof ModelLimits>;
