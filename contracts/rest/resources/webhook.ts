import { z } from 'zod';
import { RECORDED_TYPES } from '../../events/events.ts';
import { idSchema } from '../../ids/ids.ts';

/** Most webhooks of one organisation. */
export const MOST_WEBHOOKS = 50;
/** How long the secret before still signs after a rotation, in hours, unless told. */
export const OVERLAP_HOURS = 24;

/** Why a webhook gets nothing. */
export const WebhookDisabling = z.enum(['owner', 'gone', 'failing']);

const url = z
  .url({ protocol: /^https?$/, error: 'give an address that begins with https:// or http://' })
  .max(2000)
  .refine((text) => {
    if (!URL.canParse(text)) return true;
    const { username, password, hash } = new URL(text);
    return username === '' && password === '' && hash === '';
  }, 'give it without a name, a password or a fragment')
  .describe('Where events are sent to, by POST. Redirects are not followed');
const events = z
  .array(z.enum(RECORDED_TYPES))
  .refine((types) => new Set(types).size === types.length, 'name each type once')
  .describe('Types of events that it gets; every type when empty');
const description = z.string().max(500).describe('For people');
const projectId = idSchema('project').nullable().describe('Only events of this project; of all when null');
const enabled = z.boolean().describe('Whether it gets events');

/** An endpoint that is told of events. */
export const Webhook = z.object({
  id: idSchema('webhook'),
  url: z.string().describe('Where events are sent to, by POST'),
  description: z.string().describe('For people'),
  events: z.array(z.enum(RECORDED_TYPES)).describe('Types of events that it gets; every type when empty'),
  projectId: idSchema('project').nullable().describe('Only events of this project; of all when null'),
  enabled,
  disabledBecause: WebhookDisabling.nullable().describe(
    '`owner`: it was switched off; `gone`: its endpoint answered 410; `failing`: nothing reached it for days',
  ),
  failingSince: z.iso
    .datetime()
    .nullable()
    .describe('Since when no delivery has reached it; null when the last one did'),
  previousSecretUntil: z.iso.datetime().nullable().describe('Until when the secret before signs too'),
  revision: z.int().positive().describe('Grows with each change; the ETag is made of it'),
  createdAt: z.iso.datetime().describe('When it was made'),
  updatedAt: z.iso.datetime().describe('When it last changed'),
});

/** A webhook together with its secret, which is shown this once. */
export const WebhookWithSecret = Webhook.extend({
  secret: z
    .string()
    .describe('`whsec_` and the key in base64, as libraries of Standard Webhooks take it. Shown this once'),
});

export const WebhookInput = z.strictObject({
  url,
  description: description.default(''),
  events: events.default([]),
  projectId: projectId.default(null),
  enabled: enabled.default(true),
});

export const WebhookChange = z.strictObject({
  url: url.optional(),
  description: description.optional(),
  events: events.optional(),
  projectId: projectId.optional(),
  enabled: enabled.optional().describe('True also switches one on again that the server has switched off'),
});

export const SecretRotation = z.strictObject({
  overlapHours: z
    .number()
    .min(0)
    .max(168)
    .default(OVERLAP_HOURS)
    .describe('How long the secret before still signs beside the new one; 0: it counts no more'),
});

export type Webhook = z.infer<typeof Webhook>;
export type WebhookWithSecret = z.infer<typeof WebhookWithSecret>;
export type WebhookInput = z.infer<typeof WebhookInput>;
export type WebhookChange = z.infer<typeof WebhookChange>;
export type WebhookDisabling = z.infer<typeof WebhookDisabling>;
