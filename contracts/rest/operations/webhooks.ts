import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import { ChangeHeaders, ReadHeaders } from '../conditional-headers.ts';
import { exampleDelivery, exampleDeliveryDetails, exampleWebhook, exampleWebhookInput } from '../examples/webhooks.ts';
import { examplePage } from '../examples.ts';
import { DeliveryFilter, ProjectFilter } from '../filters.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { pageOf } from '../page.ts';
import type { PublicEndpoints } from '../public-endpoint.ts';
import {
  MOST_WEBHOOKS,
  SecretRotation,
  Webhook,
  WebhookChange,
  WebhookInput,
  WebhookWithSecret,
} from '../resources/webhook.ts';
import {
  MOST_REPLAYED,
  Replay,
  ReplayInput,
  WebhookDelivery,
  WebhookDeliveryDetails,
} from '../resources/webhook-delivery.ts';

export const WebhookPage = pageOf(Webhook);
export const DeliveryPage = pageOf(WebhookDelivery);

const tag = 'Webhooks';
const params = z.object({ webhookId: idSchema('webhook') });
const deliveryParams = params.extend({ deliveryId: idSchema('webhookDelivery') });
const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

/** Operations on webhooks: endpoints of the organisation that are told of events. */
export const WEBHOOK_OPERATIONS = {
  createWebhook: {
    method: 'POST',
    path: '/v1/webhooks',
    scope: 'webhooks:write',
    tag,
    summary: 'Make a webhook',
    description:
      'From now on every event that it asks for is sent to its URL, signed after the Standard Webhooks specification (`docs/webhooks.md`). ' +
      `The answer shows the secret, this once. An organisation has up to ${MOST_WEBHOOKS}.`,
    headers: IdempotencyHeaders,
    body: WebhookInput,
    responses: { 201: { description: 'The new webhook with its secret', body: WebhookWithSecret } },
    answerHeaders: { Location: 'Where the webhook is', ETag: 'Its revision' },
    errors: ['not_found', 'conflict'],
    example: { body: exampleWebhookInput, answer: { ...exampleWebhook, secret } },
  },
  listWebhooks: {
    method: 'GET',
    path: '/v1/webhooks',
    scope: 'webhooks:read',
    tag,
    summary: 'List webhooks',
    description: 'Newest first, without their secrets; with `projectId` those for one project alone.',
    query: ProjectFilter,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of webhooks', body: WebhookPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: [],
    example: { answer: examplePage(exampleWebhook) },
  },
  getWebhook: {
    method: 'GET',
    path: '/v1/webhooks/{webhookId}',
    scope: 'webhooks:read',
    tag,
    summary: 'Read a webhook',
    description: 'What it asks for, and whether it is reached.',
    params,
    headers: ReadHeaders,
    responses: { 200: { description: 'The webhook', body: Webhook } },
    answerHeaders: { ETag: 'Its revision' },
    errors: ['not_found'],
    example: { answer: exampleWebhook },
  },
  updateWebhook: {
    method: 'PATCH',
    path: '/v1/webhooks/{webhookId}',
    scope: 'webhooks:write',
    tag,
    summary: 'Change a webhook',
    description:
      'Fields that are left out stay as they are. `enabled: false` cancels what is on its way; `enabled: true` switches it on again, also after the server switched it off. What it missed can be replayed.',
    params,
    headers: ChangeHeaders,
    body: WebhookChange,
    responses: { 200: { description: 'The webhook as it is now', body: Webhook } },
    answerHeaders: { ETag: 'Its new revision' },
    errors: ['not_found', 'precondition_failed'],
    example: { body: { events: [] }, answer: { ...exampleWebhook, events: [], revision: 2 } },
  },
  deleteWebhook: {
    method: 'DELETE',
    path: '/v1/webhooks/{webhookId}',
    scope: 'webhooks:write',
    tag,
    summary: 'Delete a webhook',
    description: 'With its log. What is on its way is not sent any more.',
    params,
    headers: ChangeHeaders,
    responses: { 204: { description: 'It is gone', body: 'empty' } },
    errors: ['not_found', 'precondition_failed'],
  },
  rotateWebhookSecret: {
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/secret',
    scope: 'webhooks:write',
    tag,
    summary: 'Change the secret of a webhook',
    description:
      'The answer shows the new one, this once. The one before signs beside it for a while, so that the receiver can change over without losing anything; one that was still signing from an earlier change ends now.',
    params,
    headers: IdempotencyHeaders,
    body: SecretRotation,
    responses: { 200: { description: 'The webhook with its new secret', body: WebhookWithSecret } },
    errors: ['not_found'],
    example: {
      body: { overlapHours: 24 },
      answer: { ...exampleWebhook, previousSecretUntil: '2026-11-21T09:30:00.000Z', revision: 2, secret },
    },
  },
  testWebhook: {
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/test',
    scope: 'webhooks:write',
    tag,
    summary: 'Send a test to a webhook',
    description: 'A message of the type `webhook_test`, signed and logged as any other. It is tried once.',
    params,
    headers: IdempotencyHeaders,
    responses: { 202: { description: 'The delivery', body: WebhookDelivery } },
    errors: ['not_found', 'conflict'],
    example: { answer: { ...exampleDelivery, eventType: 'webhook_test' } },
  },
  replayWebhook: {
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/replay',
    scope: 'webhooks:write',
    rate: 'work',
    tag,
    summary: 'Deliver events again',
    description:
      'Every event since a time that the webhook asks for, whether it was delivered or not: also what happened while it was switched off. ' +
      `Events are kept for 30 days. At most ${MOST_REPLAYED} at once; \`next\` tells where to go on.`,
    params,
    headers: IdempotencyHeaders,
    body: ReplayInput,
    responses: { 202: { description: 'How many', body: Replay } },
    errors: ['not_found', 'conflict'],
    example: { body: { since: '2026-11-20T00:00:00Z' }, answer: { deliveries: 12, next: null } },
  },
  listWebhookDeliveries: {
    method: 'GET',
    path: '/v1/webhooks/{webhookId}/deliveries',
    scope: 'webhooks:read',
    tag,
    summary: 'List deliveries of a webhook',
    description: 'Newest first, by state or type of event. They are kept for 30 days.',
    params,
    query: DeliveryFilter,
    headers: ReadHeaders,
    responses: { 200: { description: 'A page of deliveries', body: DeliveryPage } },
    answerHeaders: { Link: '`rel="next"`, when there is a further page' },
    errors: ['not_found'],
    example: { answer: examplePage(exampleDelivery) },
  },
  getWebhookDelivery: {
    method: 'GET',
    path: '/v1/webhooks/{webhookId}/deliveries/{deliveryId}',
    scope: 'webhooks:read',
    tag,
    summary: 'Read a delivery',
    description: 'What is sent, and every attempt with its status, its time and the beginning of the answer.',
    params: deliveryParams,
    headers: ReadHeaders,
    responses: { 200: { description: 'The delivery', body: WebhookDeliveryDetails } },
    errors: ['not_found'],
    example: { answer: exampleDeliveryDetails },
  },
  replayWebhookDelivery: {
    method: 'POST',
    path: '/v1/webhooks/{webhookId}/deliveries/{deliveryId}/replay',
    scope: 'webhooks:write',
    tag,
    summary: 'Repeat a delivery',
    description:
      'Makes a new delivery of the same message: its `webhook-id` is the same, so that a receiver can tell that it had it.',
    params: deliveryParams,
    headers: IdempotencyHeaders,
    responses: { 202: { description: 'The new delivery', body: WebhookDelivery } },
    errors: ['not_found', 'conflict'],
    example: { answer: exampleDelivery },
  },
} as const satisfies PublicEndpoints;
