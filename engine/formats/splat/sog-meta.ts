import { z } from 'zod';

const files = (count: number) => z.array(z.string().min(1)).min(count);
const triple = z.tuple([z.number(), z.number(), z.number()]);
const codebook = z.array(z.number()).min(1).max(65536);

/** Positions have the same layout in both versions. */
const means = { mins: triple, maxs: triple, files: files(2) };

/** `meta.json` of a SOG model, version 2: bytes are numbers of entries in codebooks. */
const SogMeta2 = z.object({
  version: z.literal(2),
  count: z.int().min(0),
  means: z.object(means),
  scales: z.object({ codebook, files: files(1) }),
  quats: z.object({ files: files(1) }),
  sh0: z.object({ codebook, files: files(1) }),
  shN: z.object({ count: z.int().min(0), bands: z.int().min(0).max(3), codebook, files: files(2) }).optional(),
});

/** `meta.json` without a version, as written at first: bytes are shares of a range. */
const SogMeta1 = z.object({
  version: z.undefined().optional(),
  means: z.object({ ...means, shape: z.array(z.int().min(0)).min(1) }),
  scales: z.object({ mins: triple, maxs: triple, files: files(1) }),
  quats: z.object({ files: files(1) }),
  sh0: z.object({ mins: z.array(z.number()).length(4), maxs: z.array(z.number()).length(4), files: files(1) }),
  shN: z.object({ mins: z.number(), maxs: z.number(), files: files(2) }).optional(),
});

/** What `meta.json` of a SOG model says. */
export const SogMeta = z.union([SogMeta2, SogMeta1]);
export type SogMeta = z.infer<typeof SogMeta>;
