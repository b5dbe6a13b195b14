import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';

/** The error that an event or a resource carries. */
export const PublicError = z.object({
  code: z.string().describe('Out of a closed set, which `/docs/errors` explains'),
  message: z.string().describe('What is wrong, with names and figures'),
  fault: z
    .enum(['input', 'system'])
    .describe('`input`: the request or the model has to change; `system`: the operator has to look'),
  remedy: z.string().nullable().describe('What to do about it'),
});

export type PublicError = z.infer<typeof PublicError>;

/**
 * Schema of one event type.
 *
 * `id` is the position in the one ordered stream, in decimal: a client that lost its connection sends the last one it saw
 * and gets everything after it. Transient events (progress) have `id: null`: they are delivered to those who listen at
 * the moment, and never replayed.
 */
export function eventSchema<T extends string, D extends z.ZodRawShape>(
  type: T,
  subject: 'asset' | 'render' | 'job' | 'webhook',
  data: D,
) {
  return z.object({
    id: z.string().regex(/^\d+$/).nullable(),
    type: z.literal(type),
    time: z.iso.datetime(),
    organizationId: idSchema('organization'),
    projectId: idSchema('project').nullable(),
    subject: z.object({ type: z.literal(subject), id: z.string() }),
    data: z.object(data),
  });
}
