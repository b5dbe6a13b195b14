import { z } from 'zod';
import { ImageRequest } from './image-request.ts';
import { SequenceRequest } from './sequence-request.ts';

const Image = ImageRequest.extend({ kind: z.literal('image').default('image') });

/** Everything that a render can be asked for, by `kind`: an image when there is none. */
export const RenderRequest = z.discriminatedUnion('kind', [Image, ...SequenceRequest.options]);

export type RenderRequest = z.infer<typeof RenderRequest>;

/** A request as it is stored and given to workers: one of an image is without its kind, as it is in a URL. */
export type RenderTask = ImageRequest | SequenceRequest;

/** Whether several frames are asked for. */
export function isSequence(task: RenderTask): task is SequenceRequest {
  return 'kind' in task;
}

/** The stored form of a request. */
export function taskOf(request: RenderRequest): RenderTask {
  if (request.kind !== 'image') return request;
  const { kind: _, ...image } = request;
  return image;
}

/** The public form of a stored request. */
export function requestOf(task: RenderTask): RenderRequest {
  return isSequence(task) ? task : { kind: 'image', ...task };
}
