import { z } from 'zod';
import { idSchema } from '../../ids/ids.ts';
import type { Endpoints } from '../endpoint.ts';
import { DeliveryFilter, ProjectFilter } from '../filters.ts';
import { pageOf } from '../page.ts';
import { SecretRotation, Webhook, WebhookChange, WebhookInput, WebhookWithSecret } from '../resources/webhook.ts';
import { Replay, ReplayInput, WebhookDelivery, WebhookDeliveryDetails } from '../resources/webhook-delivery.ts';
import { RevisionQuery, TenantHeaders } from './tenant-headers.ts';

const params = z.object({ webhookId: idSchema('webhook') });
const deliveryParams = params.extend({ deliveryId: idSchema('webhookDelivery') });
const shared = { scope: 'internal', tag: 'data', headers: TenantHeaders } as const;

/** Webhooks and their deliveries in the data service's own REST API. */
export const WEBHOOK_DATA_OPERATIONS = {
  createWebhook: {
    ...shared,
    method: 'POST',
    path: '/data/webhooks',
    summary: 'Make a webhook; answers with its secret',
    body: WebhookInput,
    responses: { 201: { description: 'The webhook', body: WebhookWithSecret } },
  },
  listWebhooks: {
    ...shared,
    method: 'GET',
    path: '/data/webhooks',
    summary: 'List webhooks, newest first',
    query: ProjectFilter,
    responses: { 200: { description: 'A page', body: pageOf(Webhook) } },
  },
  getWebhook: {
    ...shared,
    method: 'GET',
    path: '/data/webhooks/{webhookId}',
    summary: 'Read a webhook',
    params,
    responses: { 200: { description: 'The webhook', body: Webhook } },
  },
  updateWebhook: {
    ...shared,
    method: 'PATCH',
    path: '/data/webhooks/{webhookId}',
    summary: 'Change a webhook',
    params,
    query: RevisionQuery,
    body: WebhookChange,
    responses: { 200: { description: 'The webhook', body: Webhook } },
  },
  deleteWebhook: {
    ...shared,
    method: 'DELETE',
    path: '/data/webhooks/{webhookId}',
    summary: 'Delete a webhook with its log',
    params,
    query: RevisionQuery,
    responses: { 204: { description: 'Deleted', body: 'empty' } },
  },
  rotateWebhookSecret: {
    ...shared,
    method: 'POST',
    path: '/data/webhooks/{webhookId}/secret',
    summary: 'Give a webhook another secret; answers with it',
    params,
    body: SecretRotation,
    responses: { 200: { description: 'The webhook', body: WebhookWithSecret } },
  },
  testWebhook: {
    ...shared,
    method: 'POST',
    path: '/data/webhooks/{webhookId}/test',
    summary: 'Queue a test message',
    params,
    responses: { 202: { description: 'The delivery', body: WebhookDelivery } },
  },
  replayWebhook: {
    ...shared,
    method: 'POST',
    path: '/data/webhooks/{webhookId}/replay',
    summary: 'Queue all events since a time again',
    params,
    body: ReplayInput,
    responses: { 202: { description: 'How many', body: Replay } },
  },
  listWebhookDeliveries: {
    ...shared,
    method: 'GET',
    path: '/data/webhooks/{webhookId}/deliveries',
    summary: 'List deliveries, newest first',
    params,
    query: DeliveryFilter,
    responses: { 200: { description: 'A page', body: pageOf(WebhookDelivery) } },
  },
  getWebhookDelivery: {
    ...shared,
    method: 'GET',
    path: '/data/webhooks/{webhookId}/deliveries/{deliveryId}',
    summary: 'Read a delivery with its attempts',
    params: deliveryParams,
    responses: { 200: { description: 'The delivery', body: WebhookDeliveryDetails } },
  },
  replayWebhookDelivery: {
    ...shared,
    method: 'POST',
    path: '/data/webhooks/{webhookId}/deliveries/{deliveryId}/replay',
    summary: 'Queue one delivery again',
    params: deliveryParams,
    responses: { 202: { description: 'The new delivery', body: WebhookDelivery } },
  },
} as const satisfies Endpoints;
