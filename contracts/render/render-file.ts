import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
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

/** What the numbers of a pass's PNG file stand for. */
export const PassMeaning = z.union([
  z.object({
    near: z.number().describe('Of depth: what 0 stands for, in the units of the model, which are metres'),
    far: z.number().describe('What 65534 stands for; 65535 is nothing'),
  }),
  z.object({
    colors: z.record(z.string(), z.string()).describe('Of ids: the name of each colour that is seen, `#rrggbb`'),
  }),
]);

/** A file of a render, where it is and what it is. */
export const StoredFile = z.object({
  role: RenderFileRole,
  url: z.string().describe('Where the file is, relative to the server'),
  derivativeId: idSchema('derivative'),
  contentType: z.string(),
  width: z.int(),
  height: z.int(),
  bytes: z.int(),
});

export type RenderFileRole = z.infer<typeof RenderFileRole>;
export type RenderMedia = z.infer<typeof RenderMedia>;
export type PassMeaning = z.infer<typeof PassMeaning>;
export type StoredFile = z.infer<typeof StoredFile>;
