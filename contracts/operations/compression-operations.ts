import { z } from 'zod';
import { whenUsed } from '../when-used.ts';

const bits = (initial: number) => z.int().min(8).max(16).default(initial).describe('Bits a component');

const vertexBits = {
  position: bits(14).describe('Bits of a coordinate, over the longest side of each mesh'),
  normal: bits(10),
  texcoord: bits(12),
  color: bits(8),
  weight: bits(8),
  generic: bits(12).describe('Of attributes that applications added'),
};

const volume = z
  .enum(['mesh', 'scene'])
  .default('mesh')
  .describe('The box that the coordinates are rounded in; `scene` keeps meshes that touch free of cracks');

/** Whole numbers in place of floating point. */
export const quantizeOperation = whenUsed(() =>
  z
    .object({ type: z.literal('quantize'), ...vertexBits, volume })
    .describe(
      'Stores vertices as 8- and 16-bit whole numbers (KHR_mesh_quantization): half the memory on a GPU and on the way there, read without decoding.',
    ),
);

/** meshoptimizer's codec. */
export const meshoptOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('meshopt'),
      level: z
        .enum(['lossless', 'medium', 'high'])
        .default('high')
        .describe(
          '`lossless` only reorders and packs; `medium` quantizes before; `high` filters normals, tangents and animations as well',
        ),
      ...vertexBits,
      volume,
    })
    .describe(
      'Compresses geometry, morph targets and animations (EXT_meshopt_compression). Decodes at gigabytes a second; packs further under gzip or Brotli. `lossless` ignores the bits.',
    ),
);

/** Google's codec. */
export const dracoOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('draco'),
      position: z.int().min(8).max(20).default(14).describe('Bits of a coordinate, over the longest side of each mesh'),
      normal: bits(10),
      texcoord: bits(12),
      color: bits(8),
      generic: bits(12).describe('Of attributes that applications added'),
      speed: z.int().min(0).max(10).default(3).describe('0 packs best, 10 encodes and decodes fastest'),
      volume,
    })
    .describe(
      'Compresses triangles (KHR_draco_mesh_compression): smaller than meshopt, slower to decode, nothing for animations and morph targets.',
    ),
);

/** Where materials use a texture. */
export const TEXTURE_KINDS = ['color', 'normal', 'data'] as const;

/** Smaller textures. */
export const texturesOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('textures'),
      maxSize: z
        .int()
        .min(1)
        .max(16_384)
        .optional()
        .describe('Longest side in pixels; larger textures are scaled down'),
      format: z
        .enum(['keep', 'webp', 'jpeg', 'png'])
        .default('keep')
        .describe(
          '`webp` is required of who reads the file (EXT_texture_webp). Where a texture needs its alpha, `jpeg` becomes `png`',
        ),
      quality: z.int().min(1).max(100).default(85).describe('Of webp and jpeg; normal maps get 5 more'),
      lossless: z.boolean().default(false).describe('Of webp: every pixel as it was'),
      kinds: z
        .array(z.enum(TEXTURE_KINDS))
        .min(1)
        .default([...TEXTURE_KINDS])
        .describe('`color`: base colour, emission and the like; `normal`: normal maps; `data`: all else'),
      onlySmaller: z
        .boolean()
        .default(true)
        .describe('Where the new file is no smaller and has the same size in pixels, the old one stays'),
    })
    .describe(
      'Scales textures down and encodes them anew: colours in linear light, normal maps with their length restored, alpha weighed where it cuts. KTX2 textures that need no scaling stay as they are.',
    ),
);
