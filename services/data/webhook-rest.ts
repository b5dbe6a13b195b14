import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { WEBHOOK_DATA_OPERATIONS } from '#contracts/rest/data/webhooks.ts';
import { SEALED } from '#platform/idempotency/sealed-answers.ts';
import type { OperationHandlers } from '#platform/rest/endpoint-types.ts';
import { onceOnly } from './idempotency.ts';
import { createWebhook, deleteWebhook, rotateWebhookSecret, updateWebhook } from './operations/change-webhooks.ts';
import type { OperationDeps } from './operations/operation.ts';
import { replayDelivery, replayEvents, testWebhook } from './operations/send-webhooks.ts';
import { type Creation, created, NO_CONTENT, ok, onceFor, onceRequest, tenant } from './rest-calls.ts';
import { listDeliveries, readDelivery } from './store/webhook-deliveries.ts';
import { listWebhooks, readWebhook } from './store/webhooks.ts';

const accepted = <Body>(body: Body) => ({ status: 202, body });

/** Handlers of the operations on webhooks. */
export function webhookHandlers(deps: OperationDeps): OperationHandlers<typeof WEBHOOK_DATA_OPERATIONS> {
  const { kysely } = deps.database;
  const once = (operation: string, call: Creation) => onceFor(deps, operation, call);
  /** The answer holds a secret, which is nowhere else to be read. */
  const sealedOnce = (operation: string, call: Creation) => onceOnly(deps, onceRequest(operation, call), SEALED);
  return {
    createWebhook: async (call) =>
      created(await createWebhook(sealedOnce('createWebhook', call), tenant(call), call.body)),
    listWebhooks: async (call) => ok(await listWebhooks(kysely, tenant(call), call.query)),
    getWebhook: async (call) => ok(await readWebhook(kysely, tenant(call), call.params.webhookId)),
    updateWebhook: async (call) =>
      ok(await updateWebhook(deps, tenant(call), call.params.webhookId, call.body, call.query.ifRevision)),
    deleteWebhook: async (call) => {
      await deleteWebhook(deps, tenant(call), call.params.webhookId, call.query.ifRevision);
      return NO_CONTENT;
    },
    rotateWebhookSecret: async (call) =>
      ok(
        await rotateWebhookSecret(
          sealedOnce('rotateWebhookSecret', call),
          tenant(call),
          call.params.webhookId,
          call.body,
        ),
      ),
    testWebhook: async (call) =>
      accepted(await testWebhook(once('testWebhook', call), tenant(call), call.params.webhookId)),
    replayWebhook: async (call) =>
      accepted(await replayEvents(once('replayWebhook', call), tenant(call), call.params.webhookId, call.body)),
    listWebhookDeliveries: async (call) => {
      const organizationId: OrganizationId = tenant(call);
      const { webhookId } = call.params;
      await readWebhook(kysely, organizationId, webhookId);
      return ok(await listDeliveries(kysely, organizationId, webhookId, call.query));
    },
    getWebhookDelivery: async (call) =>
      ok(await readDelivery(kysely, tenant(call), call.params.webhookId, call.params.deliveryId)),
    replayWebhookDelivery: async (call) => {
      const { webhookId, deliveryId } = call.params;
      return accepted(await replayDelivery(once('replayWebhookDelivery', call), tenant(call), webhookId, deliveryId));
    },
  };
}
