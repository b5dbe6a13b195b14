import { z } from 'zod';
import { PassName } from './image-request.ts';

/**
 * What a file of a render holds: the picture itself, one of the passes that were asked for with it, or all of them in
 * one EXR; of a sequence the video (also as GIF or WebP) or the archive of its files, and its first frame.
 */
export const RenderFileRole = z.enum([...PassName.options, 'layers', 'video', 'archive', 'poster']);

/** How long a video is, or how much an archive holds. */
export const RenderMedia = z.object({
  frames: z.int().positive(),
  fps: z.number().positive().nullable().describe('Frames a second; null where they are no film'),
  seconds: z.number().positive().nullable().describe('How long it plays; null where the frames are no film'),
});

export type RenderFileRole = z.infer<typeof RenderFileRole>;
export type RenderMedia = z.infer<typeof RenderMedia>;
