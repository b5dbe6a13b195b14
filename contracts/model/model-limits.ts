import { z } from 'zod';

/** Limits on a model, checked before memory is allocated. */
export const ModelLimits = z.object({
  fileBytes: z
    .int()
    .positive()
    .default(2 * 1024 ** 3)
    .describe('All source files together'),
  decodedBytes: z
    .int()
    .positive()
    .default(2 * 1024 ** 3)
    .describe('Accessors and buffers after decompression'),
  triangles: z.int().positive().default(20_000_000),
  nodes: z.int().positive().default(200_000),
  texturePixels: z
    .int()
    .positive()
    .default(16_384 * 16_384)
    .describe('Width times height of one texture'),
  archiveEntries: z.int().positive().default(10_000),
  archiveRatio: z.int().positive().default(200).describe('Unpacked size over packed size of a whole archive'),
});

export type ModelLimits = z.infer<typeof ModelLimits>;
