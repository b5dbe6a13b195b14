import type { z } from 'zod';
import type { ProjectId, WebhookDeliveryId, WebhookId } from '#contracts/ids/ids.ts';
import type { Webhook, WebhookChange, WebhookInput, WebhookWithSecret } from '#contracts/rest/resources/webhook.ts';
import type {
  DeliveryState,
  Replay,
  ReplayInput,
  WebhookDelivery,
  WebhookDeliveryDetails,
} from '#contracts/rest/resources/webhook-delivery.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** Webhooks: endpoints of one's own that are told of events. */
export function createWebhooks(requester: Requester) {
  const pathOf = (id: WebhookId) => `/v1/webhooks/${id}`;
  const deliveryPath = (id: WebhookId, deliveryId: WebhookDeliveryId) => `${pathOf(id)}/deliveries/${deliveryId}`;
  return {
    /** The answer holds the secret, which is not shown again. */
    create: (webhook: z.input<typeof WebhookInput>) =>
      requester.json<WebhookWithSecret>('POST', '/v1/webhooks', { json: webhook }),
    get: (id: WebhookId) => requester.json<Webhook>('GET', pathOf(id)),
    /** Newest first. */
    list: ({ projectId, ...options }: ListOptions & { projectId?: ProjectId } = {}) =>
      itemsOf<Webhook>(requester, '/v1/webhooks', { projectId }, options),
    update: (id: WebhookId, change: WebhookChange) => requester.json<Webhook>('PATCH', pathOf(id), { json: change }),
    async delete(id: WebhookId): Promise<void> {
      await requester.send('DELETE', pathOf(id));
    },
    /** Another secret; the one before signs beside it for so many hours (24 unless given). */
    rotateSecret: (id: WebhookId, overlapHours?: number) =>
      requester.json<WebhookWithSecret>('POST', `${pathOf(id)}/secret`, {
        json: overlapHours === undefined ? {} : { overlapHours },
      }),
    /** Sends a message that means nothing, once. */
    test: (id: WebhookId) => requester.json<WebhookDelivery>('POST', `${pathOf(id)}/test`),
    /** Sends all events of a span of time again. */
    replay: (id: WebhookId, span: ReplayInput) =>
      requester.json<Replay>('POST', `${pathOf(id)}/replay`, { json: span }),
    /** Newest first. */
    deliveries: (id: WebhookId, { state, ...options }: ListOptions & { state?: DeliveryState } = {}) =>
      itemsOf<WebhookDelivery>(requester, `${pathOf(id)}/deliveries`, { state }, options),
    /** What was sent, and every attempt. */
    delivery: (id: WebhookId, deliveryId: WebhookDeliveryId) =>
      requester.json<WebhookDeliveryDetails>('GET', deliveryPath(id, deliveryId)),
    /** Sends one message again. */
    replayDelivery: (id: WebhookId, deliveryId: WebhookDeliveryId) =>
      requester.json<WebhookDelivery>('POST', `${deliveryPath(id, deliveryId)}/replay`),
  };
}
