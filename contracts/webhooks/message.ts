import { z } from 'zod';
import { eventSchema } from '../events/envelope.ts';
import { RecordedEvent } from '../events/events.ts';
import { idSchema } from '../ids/ids.ts';

/** What a webhook gets when its owner asks for a test. It is no event of the stream. */
export const WebhookTest = eventSchema('webhook_test', 'webhook', {
  webhookId: idSchema('webhook'),
  message: z.string(),
});

/**
 * The body of a delivery: the event as on the stream of events, with its time as `timestamp` too, which the Standard
 * Webhooks specification asks for beside `type` and `data`.
 */
export const WebhookMessage = z.intersection(
  z.discriminatedUnion('type', [...RecordedEvent.options, WebhookTest]),
  z.object({ timestamp: z.iso.datetime() }),
);

export type WebhookTest = z.infer<typeof WebhookTest>;
export type WebhookMessage = z.infer<typeof WebhookMessage>;
