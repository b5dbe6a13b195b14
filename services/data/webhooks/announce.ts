import type { RecordedEvent } from '#contracts/events/events.ts';
import type { Bus } from '#platform/bus/bus.ts';
import { listSubscribed } from '../store/webhooks.ts';
import type { DataTrx } from '../tables.ts';
import { messageOf, queueDeliveries } from './queue-deliveries.ts';

/**
 * Queues what tells the webhooks of an organisation of an event, in the transaction in which the inbox has noted the
 * event: once for each webhook, even though events are delivered at least once.
 */
export async function announce(trx: DataTrx, bus: Bus, event: RecordedEvent): Promise<void> {
  const { organizationId, type, projectId, time } = event;
  const webhooks = await listSubscribed(trx, organizationId, { type, projectId, time });
  if (webhooks.length === 0) return;
  await queueDeliveries(
    trx,
    bus,
    webhooks.map((webhook) => messageOf(webhook, event)),
  );
}
