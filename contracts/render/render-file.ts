import { z } from 'zod';

/**
 * What a file of a render holds: the picture itself, one of the passes that were asked for with it, or all of them in
 * one EXR.
 */
export const RenderFileRole = z.enum([
  'beauty',
  'alpha',
  'depth',
  'normal',
  'albedo',
  'object',
  'material',
  'uv',
  'layers',
]);

export type RenderFileRole = z.infer<typeof RenderFileRole>;
