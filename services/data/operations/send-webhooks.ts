import { newId, type OrganizationId, type WebhookDeliveryId, type WebhookId } from '#contracts/ids/ids.ts';
import {
  MOST_REPLAYED,
  type Replay,
  type ReplayInput,
  type WebhookDelivery,
} from '#contracts/rest/resources/webhook-delivery.ts';
import type { WebhookTest } from '#contracts/webhooks/message.ts';
import { webhookDisabled } from '../errors.ts';
import { findDelivery, toDelivery } from '../store/webhook-deliveries.ts';
import { asksFor, lockWebhook, type WebhookRow } from '../store/webhooks.ts';
import type { DataTrx } from '../tables.ts';
import { messageOf, queueDeliveries } from '../webhooks/queue-deliveries.ts';
import type { OperationDeps } from './operation.ts';

/** Sends a test message, once. @throws MaquetteError `not_found`, `conflict` when it is switched off */
export async function testWebhook(
  deps: OperationDeps,
  organizationId: OrganizationId,
  webhookId: WebhookId,
): Promise<WebhookDelivery> {
  return deps.database.transaction(async (trx) => {
    const webhook = await requireEnabled(trx, organizationId, webhookId);
    const test: WebhookTest = {
      id: null,
      type: 'webhook_test',
      time: new Date().toISOString(),
      organizationId,
      projectId: webhook.project_id,
      subject: { type: 'webhook', id: webhookId },
      data: { webhookId, message: 'This is a test. Nothing has happened.' },
    };
    const messageId = `test_${newId('webhookDelivery').slice(4)}`;
    const [id] = await queueDeliveries(trx, deps.bus, [{ ...messageOf(webhook, test), messageId }], 1);
    return queued(trx, webhook, id as WebhookDeliveryId);
  });
}

/** Sends the message of a delivery again. @throws MaquetteError `not_found`, `conflict` when it is switched off */
export async function replayDelivery(
  deps: OperationDeps,
  organizationId: OrganizationId,
  webhookId: WebhookId,
  deliveryId: WebhookDeliveryId,
): Promise<WebhookDelivery> {
  return deps.database.transaction(async (trx) => {
    const webhook = await requireEnabled(trx, organizationId, webhookId);
    const earlier = await findDelivery(trx, organizationId, webhookId, deliveryId);
    const message = {
      webhook,
      messageId: earlier.message_id,
      eventType: earlier.event_type,
      projectId: earlier.project_id,
      body: earlier.body,
      replayOf: deliveryId,
    };
    const [id] = await queueDeliveries(trx, deps.bus, [message]);
    return queued(trx, webhook, id as WebhookDeliveryId);
  });
}

/**
 * Sends every recorded event of a span of time that the webhook asks for, whether it was sent before or not.
 * @throws MaquetteError `not_found`, `conflict` when it is switched off
 */
export async function replayEvents(
  deps: OperationDeps,
  organizationId: OrganizationId,
  webhookId: WebhookId,
  { since, until }: ReplayInput,
): Promise<Replay> {
  return deps.database.transaction(async (trx) => {
    const webhook = await requireEnabled(trx, organizationId, webhookId);
    const span = { since: new Date(since), until: until === undefined ? undefined : new Date(until) };
    const events = await deps.bus.readSpan(trx, organizationId, span, MOST_REPLAYED + 1);
    const taken = events.slice(0, MOST_REPLAYED);
    const messages = taken
      .filter((event) => asksFor(webhook, event))
      .map((event) => ({ ...messageOf(webhook, event), many: true }));
    await queueDeliveries(trx, deps.bus, messages);
    return { deliveries: messages.length, next: events[MOST_REPLAYED]?.time ?? null };
  });
}

async function requireEnabled(trx: DataTrx, organizationId: OrganizationId, id: WebhookId): Promise<WebhookRow> {
  const webhook = await lockWebhook(trx, organizationId, id);
  if (!webhook.enabled) throw webhookDisabled(id);
  return webhook;
}

async function queued(trx: DataTrx, webhook: WebhookRow, id: WebhookDeliveryId): Promise<WebhookDelivery> {
  return toDelivery(await findDelivery(trx, webhook.organization_id, webhook.id, id), null);
}
