import { z } from 'zod';
import { idSchema } from '../ids/ids.ts';
import { eventSchema } from './envelope.ts';

/** A webhook was switched off by the server: its endpoint said that it is gone, or failed for days. */
export const WebhookDisabled = eventSchema('webhook_disabled', 'webhook', {
  webhookId: idSchema('webhook'),
  reason: z.enum(['gone', 'failing']).describe('`gone`: it answered 410; `failing`: nothing reached it for days'),
  url: z.string().describe('Where it delivered to'),
});
