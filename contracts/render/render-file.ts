import { z } from 'zod';
import { PassName } from './image-request.ts';

/**
 * What a file of a render holds: the picture itself, one of the passes that were asked for with it, or all of them in
 * one EXR.
 */
export const RenderFileRole = z.enum([...PassName.options, 'layers']);

export type RenderFileRole = z.infer<typeof RenderFileRole>;
