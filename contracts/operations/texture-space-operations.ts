import { z } from 'zod';
import { whenUsed } from '../when-used.ts';
import { simplifyOperation } from './mesh-operations.ts';

const resolution = (use: string) => z.int().min(16).max(4096).default(1024).describe(`${use}, in texels a side`);
const padding = z
  .int()
  .min(0)
  .max(64)
  .default(4)
  .describe('Texels between charts at that size; each level of a mip map takes one half of it');
const rays = z.int().min(1).max(4096).default(128).describe('Rays from each place; more, less noise');
const seed = z.int().min(0).max(4_294_967_295).default(1).describe('Of the directions of the rays');

/** Texture coordinates without overlaps. */
export const unwrapOperation = whenUsed(() =>
  z
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
      padding,
    })
    .describe(
      'Unfolds the surface into texture space without overlaps, for baking, light maps and painting: cut into charts along edges, each laid flat with little stretch (xatlas), packed into one square with the same number of texels to the metre. Skins in their rest pose. Textures stay where they are: a set that they are laid out by is never written. Up to 500,000 triangles.',
    ),
);

/** Ambient occlusion. */
export const bakeOcclusionOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('bakeOcclusion'),
      to: z
        .enum(['texture', 'vertices'])
        .default('texture')
        .describe('`texture`: the occlusion texture of each material; `vertices`: multiplies vertex colours'),
      resolution: resolution('Size of each texture'),
      padding,
      rays,
      distance: z
        .number()
        .positive()
        .max(100_000)
        .optional()
        .describe('What is further away does not count, in metres; without it, everything does'),
      seed,
    })
    .describe(
      'Bakes how much of the light around each place reaches it, by rays over its hemisphere weighed by their cosine. Materials whose coordinates overlap get a set of their own for it, as `unwrap` makes one. Cut-out materials let rays through, single-sided ones from behind; skins stand in their rest pose, of instances the first counts.',
    ),
);

/** A coarse model that looks like the fine one. */
export const bakeOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('bake'),
      ...simplifyOperation().omit({ type: true, keepSeams: true }).shape,
      keepSeams: z.boolean().default(false).describe('As of `simplify`; off, because coordinates are made anew'),
      share: z
        .enum(['material', 'model'])
        .default('model')
        .describe('One set of textures for the whole model, or one for each material'),
      maps: z
        .array(z.enum(['baseColor', 'normal', 'metallicRoughness', 'occlusion', 'emissive']))
        .min(1)
        .default(['baseColor', 'normal', 'metallicRoughness', 'occlusion', 'emissive'])
        .describe('What is baked'),
      resolution: resolution('Size of the textures'),
      padding,
      samples: z.int().min(1).max(4).default(2).describe('Places looked at along each side of a texel'),
      distance: z
        .number()
        .positive()
        .max(100_000)
        .optional()
        .describe(
          'How far before or behind the coarse surface the fine one is looked for, in metres; as far as it was moved without it. The nearest of the same mesh counts',
        ),
      rays: z.int().min(1).max(4096).default(16).describe('Rays for occlusion from each place that is looked at'),
      reach: z
        .number()
        .positive()
        .max(100_000)
        .optional()
        .describe('For occlusion, what is further away does not count, in metres'),
      seed,
    })
    .describe(
      'Simplifies the model and bakes how the fine one looked into textures of the coarse one: base colour, bumps as a normal map, roughness and metalness, occlusion, emission. Without coordinates free of overlaps, it is unwrapped. One material takes the place of many; those that light passes through stay, and what extensions such as clearcoat say is lost.',
    ),
);

/** Textures of several materials in common ones. */
export const atlasOperation = whenUsed(() =>
  z
    .object({
      type: z.literal('atlas'),
      maxSize: z
        .int()
        .min(64)
        .max(8192)
        .default(4096)
        .describe('Longest side of the common textures, in pixels; where that is too small, all are scaled alike'),
      padding: z
        .int()
        .min(0)
        .max(64)
        .default(8)
        .describe('Pixels about each part, in which its border goes on, so that smaller levels do not mix neighbours'),
      repeats: z
        .number()
        .min(1)
        .max(16)
        .default(2)
        .describe(
          'A texture that triangles repeat more often than this stays as it is; up to it, it is drawn as often',
        ),
    })
    .describe(
      'Puts the textures of materials into common ones, so that one material takes the place of many: base colour, roughness and metalness, occlusion, normals and emission in step, factors and texture transforms worked in. Materials of different alpha modes, or single and double-sided, stay apart; those with extensions beyond emissive strength and unlit stay as they are. Put `join` behind it to make draw calls of them.',
    ),
);
