import type { RecordedEvent } from '#contracts/events/events.ts';
import { type JobId, newId, type ProjectId, type WebhookDeliveryId } from '#contracts/ids/ids.ts';
import type { WebhookTest } from '#contracts/webhooks/message.ts';
import type { Bus } from '#platform/bus/bus.ts';
import { insertDeliveries, type NewDelivery } from '../store/webhook-deliveries.ts';
import type { WebhookRow } from '../store/webhooks.ts';
import type { DataTrx } from '../tables.ts';
import { MOST_ATTEMPTS } from './retry-schedule.ts';

/**
 * Priority of deliveries that let the organisation's others pass: those to a webhook that nothing reaches, each of which
 * may take a worker for as long as an endpoint has, and those that send many events again.
 */
export const BEHIND = -1;

/** What is to be sent to a webhook. */
export interface Message {
  webhook: Pick<WebhookRow, 'id' | 'organization_id' | 'failing_since'>;
  messageId: string;
  eventType: NewDelivery['event_type'];
  projectId: ProjectId | null;
  body: string;
  replayOf?: WebhookDeliveryId | undefined;
  /** One of many that are sent again. */
  many?: boolean;
}

/** The message that tells a webhook of an event. */
export function messageOf(webhook: Message['webhook'], event: RecordedEvent | WebhookTest): Message {
  return {
    webhook,
    messageId: `evt_${event.id}`,
    eventType: event.type,
    projectId: event.projectId,
    body: JSON.stringify({ ...event, timestamp: event.time }),
  };
}

/**
 * Records deliveries and the jobs that make them, in the caller's transaction.
 *
 * @param attempts of each; over some days unless given
 * @returns their ids, in order
 */
export async function queueDeliveries(
  trx: DataTrx,
  bus: Bus,
  messages: readonly Message[],
  attempts = MOST_ATTEMPTS,
): Promise<WebhookDeliveryId[]> {
  const deliveries = messages.map((message) => ({ message, id: newId('webhookDelivery'), jobId: newId('job') }));
  await insertDeliveries(
    trx,
    deliveries.map(({ message, id, jobId }) => ({
      id,
      organization_id: message.webhook.organization_id,
      webhook_id: message.webhook.id,
      message_id: message.messageId,
      event_type: message.eventType,
      project_id: message.projectId,
      body: message.body,
      job_id: jobId,
      replay_of: message.replayOf ?? null,
    })),
  );
  await bus.enqueueAll(
    trx,
    deliveries.map(({ message, id, jobId }) => jobOf(message, id, jobId, attempts)),
  );
  return deliveries.map(({ id }) => id);
}

function jobOf(message: Message, deliveryId: WebhookDeliveryId, id: JobId, maxAttempts: number) {
  return {
    id,
    kind: 'webhook.deliver' as const,
    organizationId: message.webhook.organization_id,
    projectId: message.projectId,
    assetId: null,
    payload: { deliveryId },
    priority: message.many || message.webhook.failing_since !== null ? BEHIND : 0,
    maxAttempts,
  };
}
