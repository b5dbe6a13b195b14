import { z } from 'zod';
import type { ImageRequest } from './image-request.ts';
import { momentCountOf } from './image-rules.ts';

/** Longest side of a picture in the making, in pixels. */
export const LONGEST_SIDE = 768;

/** A picture in the making, made smaller, with the noise that it still has. */
export const ProgressPicture = z.object({
  contentType: z
    .enum(['image/png', 'image/jpeg', 'image/webp'])
    .describe('As of the final picture; of avif and exr a WebP'),
  width: z.int().min(1).max(LONGEST_SIDE).describe('Larger pictures are made smaller'),
  height: z.int().min(1).max(LONGEST_SIDE),
  bytes: z.int().positive(),
  samples: z.int().min(1).max(65536).describe('Samples of a pixel so far'),
});

/** Whether pictures of a request can be seen while they are made: those that are traced, without motion blur. */
export function hasProgressPictures(request: ImageRequest): boolean {
  return request.integrator === 'path' && request.passes.includes('beauty') && momentCountOf(request) === 1;
}

export type ProgressPicture = z.infer<typeof ProgressPicture>;
