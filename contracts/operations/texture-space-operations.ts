import { z } from 'zod';

const resolution = (use: string) => z.int().min(16).max(8192).default(1024).describe(`${use}, in texels a side`);

/** Texture coordinates without overlaps. */
export const UnwrapOperation = z
  .object({
    type: z.literal('unwrap'),
    share: z
      .enum(['material', 'model'])
      .default('material')
      .describe('What lies in one square together: all primitives of a material, or the whole model'),
    texcoord: z
      .int()
      .min(0)
      .max(7)
      .optional()
      .describe(
        'The set of texture coordinates to write. Without it, the first that no texture is laid out by: 0 where there were none, 1 beside textures that overlap',
      ),
    overwrite: z.boolean().default(false).describe('Also where a set has no overlaps already'),
    resolution: resolution('Size of the texture that the coordinates are meant for'),
    padding: z
      .int()
      .min(0)
      .max(64)
      .default(4)
      .describe('Texels between charts at that size; each level of a mip map takes one half of it'),
  })
  .describe(
    'Unfolds the surface into texture space without overlaps, for baking, light maps and painting: cut into charts along edges, each laid flat with little stretch (xatlas), packed into one square with the same number of texels to the metre. Skins in their rest pose. Textures stay where they are: a set that they are laid out by is never written. Up to 500,000 triangles.',
  );
