import { z } from 'zod';

/** Measurements of a model that a profile can limit; what each is, is in `engine/validate/profiles/measures.ts`. */
export const MeasureName = z.enum([
  'fileBytes',
  'gltfBytes',
  'triangles',
  'vertices',
  'points',
  'lines',
  'splats',
  'drawCalls',
  'nodes',
  'meshes',
  'materials',
  'textures',
  'largestTexture',
  'texturesNotPowerOfTwo',
  'textureGpuBytes',
  'skins',
  'joints',
  'morphTargets',
  'animations',
  'animationSeconds',
  'cameras',
  'lights',
  'variants',
  'width',
  'height',
  'depth',
  'longestSide',
  'shortestSide',
  'lowestPoint',
  'footprintOffset',
  'validationErrors',
  'validationWarnings',
]);

export type MeasureName = z.infer<typeof MeasureName>;
