import { z } from 'zod';
import { whenUsed } from '../when-used.ts';
import { Recipe } from './recipe.ts';

/** The names of the built-in recipes. */
export const PresetName = z.enum(['web', 'mobile', 'ar', 'archive', 'print']);
export type PresetName = z.output<typeof PresetName>;

/** A built-in recipe and what it is for. */
export interface Preset {
  description: string;
  readonly recipe: Recipe;
  /** The recipe without what is default anyway. */
  short: z.input<typeof Recipe>;
}

const preset = (description: string, short: z.input<typeof Recipe>): Preset => {
  const parsed = whenUsed(() => Recipe.parse(short));
  return {
    description,
    get recipe() {
      return parsed();
    },
    short,
  };
};

/** The built-in recipes: plain recipes, to use as they are or to begin from. */
export const PRESETS: Record<PresetName, Preset> = {
  web: preset(
    'For a page: nothing that can be seen at the size of a screen is lost. Few draw calls, WebP textures of up to 2048 pixels, meshopt.',
    {
      operations: [
        { type: 'dedupe' },
        { type: 'instance' },
        { type: 'flatten' },
        { type: 'join' },
        { type: 'prune' },
        { type: 'weld' },
        { type: 'simplify', relativeError: 0.0005 },
        { type: 'textures', maxSize: 2048, format: 'webp' },
        { type: 'meshopt' },
      ],
    },
  ),
  mobile: preset(
    'For telephones: at most 100,000 triangles and textures of 1024 pixels. Details of a five-hundredth of the model go.',
    {
      operations: [
        { type: 'dedupe' },
        { type: 'instance' },
        { type: 'flatten' },
        { type: 'join' },
        { type: 'prune' },
        { type: 'weld' },
        { type: 'simplify', relativeError: 0.002 },
        { type: 'textures', maxSize: 1024, format: 'webp', quality: 80 },
        { type: 'meshopt', position: 13 },
      ],
      target: { triangles: 100_000 },
    },
  ),
  ar: preset(
    'For augmented reality: GLB for Android and the web, USDZ for Quick Look, each of at most 5 MB. Textures are JPEG or PNG, which every viewer reads; vertices are not packed.',
    {
      operations: [
        { type: 'dedupe' },
        { type: 'flatten' },
        { type: 'join' },
        { type: 'prune' },
        { type: 'weld' },
        { type: 'simplify', relativeError: 0.001 },
        { type: 'textures', maxSize: 2048, format: 'jpeg', quality: 85 },
      ],
      target: { bytes: 5_000_000 },
      outputs: ['glb', 'usdz'],
    },
  ),
  archive: preset(
    'To keep: everything as it is, only once. No loss, no extension that a reader would need, names and custom properties stay.',
    {
      operations: [
        { type: 'dedupe', keepNames: true },
        { type: 'prune', keepLeaves: true, keepAttributes: true },
        { type: 'weld' },
      ],
    },
  ),
  print: preset(
    'For a slicer: the shape alone, standing on the ground, cracks of up to a hundredth of a millimetre closed.',
    {
      operations: [
        {
          type: 'strip',
          kinds: [
            'animations',
            'skins',
            'morphTargets',
            'cameras',
            'lights',
            'points',
            'lines',
            'materials',
            'textures',
            'colors',
            'texcoords',
            'tangents',
            'normals',
          ],
        },
        { type: 'transform', center: 'footprint', ground: true },
        { type: 'flatten' },
        { type: 'join' },
        { type: 'prune' },
        { type: 'weld', tolerance: 0.00001 },
      ],
    },
  ),
};
