import { z } from 'zod';
import { AnyEvent, type EventType } from '../../events/events.ts';
import { idSchema } from '../../ids/ids.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';

const EVENT_TYPES = AnyEvent.options.map((option) => option.shape.type.value) as [EventType, ...EventType[]];

/** A position in the stream of events. */
export const EventPosition = z
  .string()
  .regex(/^\d{1,15}$/, 'give the id of an event: a whole number')
  .describe('Id of the last event that was seen; everything after it follows');

/** Which events a listener wants. */
export const EventQuery = z.object({
  project: idSchema('project').optional().describe('Only those of this project'),
  asset: idSchema('asset').optional().describe('Only those about this asset, its jobs and renders'),
  job: idSchema('job').optional().describe('Only those about this job'),
  types: z
    .string()
    .transform((text) => text.split(',').filter((part) => part !== ''))
    .pipe(z.array(z.enum(EVENT_TYPES)).min(1))
    .optional()
    .describe(`Comma-separated names out of ${EVENT_TYPES.join(', ')}`),
  lastEventId: EventPosition.optional(),
});

export type EventQuery = z.output<typeof EventQuery>;

/** Headers of a listener. */
export const EventHeaders = z.object({ 'last-event-id': EventPosition.optional() });

/** The stream of events. */
export const EVENT_OPERATIONS = {
  listenToEvents: {
    method: 'GET',
    path: '/v1/events',
    scope: 'events:read',
    tag: 'Events',
    summary: 'Listen to events',
    description:
      'Everything that happens in the organisation, as server-sent events, or over a WebSocket when the request asks for the upgrade. ' +
      'The `id` of each event is its position in one ordered stream: send the last one as `Last-Event-ID` (or `lastEventId`) to get everything after it. ' +
      'Without it only what happens from now on. Events without an `id` (progress) are not replayed; those with one are for 30 days, and who asks for older ones is told of the gap. ' +
      'A listener that does not keep up is told so and disconnected. The rules of both transports are in `contracts/socket/SPEC.md`.',
    query: EventQuery,
    headers: EventHeaders,
    responses: { 200: { description: 'A stream that does not end', body: 'events' } },
    produces: ['text/event-stream'],
    errors: ['not_acceptable'],
  },
} as const satisfies PublicEndpoints;
