import { z } from 'zod';
import { RECORDED_TYPES } from '../../events/events.ts';
import { idSchema } from '../../ids/ids.ts';

/** Most deliveries that one replay makes. */
export const MOST_REPLAYED = 10_000;

/** `pending`: it goes on, see `nextAttemptAt`; `canceled`: its webhook was switched off meanwhile. */
export const DeliveryState = z.enum(['pending', 'succeeded', 'failed', 'canceled']);

/** One request to the endpoint, and what came of it. */
export const DeliveryAttempt = z.object({
  number: z.int().positive(),
  at: z.iso.datetime(),
  status: z.int().nullable().describe('HTTP status of the answer; null when none came'),
  milliseconds: z
    .int()
    .nonnegative()
    .describe('From the start of the request to the end of the answer, or to its failure'),
  response: z.string().nullable().describe('The beginning of the answer, as text'),
  error: z.string().nullable().describe('Why no answer came'),
});

/** One event on its way to one webhook. */
export const WebhookDelivery = z.object({
  id: idSchema('webhookDelivery'),
  webhookId: idSchema('webhook'),
  messageId: z.string().describe('The header `webhook-id`: the same in each attempt and each replay'),
  eventType: z.enum([...RECORDED_TYPES, 'webhook_test']),
  state: DeliveryState,
  attempts: z.int().nonnegative(),
  nextAttemptAt: z.iso.datetime().nullable().describe('When it is tried again, at the earliest'),
  lastAttempt: DeliveryAttempt.nullable(),
  replayOf: idSchema('webhookDelivery').nullable().describe('The delivery that this one repeats'),
  createdAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
});

/** A delivery with all that is known of it. */
export const WebhookDeliveryDetails = WebhookDelivery.extend({
  log: z.array(DeliveryAttempt).describe('Every attempt, the first first'),
  body: z.string().describe('What is sent, to the byte'),
});

/** Which events are delivered again. */
export const ReplayInput = z.strictObject({
  since: z.iso.datetime({ offset: true }).describe('Events from this time on'),
  until: z.iso.datetime({ offset: true }).optional().describe('Events before this time; until now unless given'),
});

/** What a replay started. */
export const Replay = z.object({
  deliveries: z.int().nonnegative().describe('How many deliveries were made'),
  next: z.iso
    .datetime()
    .nullable()
    .describe(`Where to go on from (\`since\`) when there were more than ${MOST_REPLAYED} events; else null`),
});

export type DeliveryState = z.infer<typeof DeliveryState>;
export type DeliveryAttempt = z.infer<typeof DeliveryAttempt>;
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
export type WebhookDeliveryDetails = z.infer<typeof WebhookDeliveryDetails>;
export type ReplayInput = z.infer<typeof ReplayInput>;
export type Replay = z.infer<typeof Replay>;
