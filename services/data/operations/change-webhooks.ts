import { newId, type OrganizationId, type WebhookId } from '#contracts/ids/ids.ts';
import {
  MOST_WEBHOOKS,
  type Webhook,
  type WebhookChange,
  type WebhookInput,
  type WebhookWithSecret,
} from '#contracts/rest/resources/webhook.ts';
import { tooManyWebhooks } from '../errors.ts';
import { holdProject } from '../store/projects.ts';
import { cancelPending } from '../store/webhook-deliveries.ts';
import { changeWebhook, lockWebhook, toWebhook } from '../store/webhooks.ts';
import { newWebhookSecret } from '../webhooks/secret.ts';
import type { OperationDeps } from './operation.ts';

const HOUR_MS = 3_600_000;

/**
 * Makes a webhook with a secret of its own.
 * @throws MaquetteError `not_found` (the project), `conflict` for one more than an organisation may have
 */
export async function createWebhook(
  deps: OperationDeps,
  organizationId: OrganizationId,
  input: WebhookInput,
): Promise<WebhookWithSecret> {
  const { url, description, events, projectId, enabled } = input;
  const id = newId('webhook');
  const secret = newWebhookSecret();
  return deps.database.transaction(async (trx) => {
    if (projectId !== null) await holdProject(trx, organizationId, projectId);
    const row = await trx
      .insertInto('webhooks')
      .values({
        id,
        organization_id: organizationId,
        url,
        description,
        events: JSON.stringify(events),
        project_id: projectId,
        enabled,
        disabled_because: enabled ? null : 'owner',
        secret: deps.sealer.seal(secret, id),
        previous_secret: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    const { count } = await trx
      .selectFrom('webhooks')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('organization_id', '=', organizationId)
      .executeTakeFirstOrThrow();
    // Within the transaction: what is one too many is not kept.
    if (count > MOST_WEBHOOKS) throw tooManyWebhooks(MOST_WEBHOOKS);
    return { ...toWebhook(row), secret };
  });
}

/**
 * Changes a webhook. Switched off, what is on its way to it is canceled, and narrowed to a project, what is of others:
 * whoever administers that project may change where it goes. Switched on, it begins with a clean record.
 * @throws MaquetteError `not_found` (webhook or project), `precondition_failed`
 */
export async function updateWebhook(
  deps: OperationDeps,
  organizationId: OrganizationId,
  id: WebhookId,
  { events, projectId, enabled, url, description }: WebhookChange,
  ifRevision: number | undefined,
): Promise<Webhook> {
  return deps.database.transaction(async (trx) => {
    const webhook = await lockWebhook(trx, organizationId, id, ifRevision);
    if (projectId !== undefined && projectId !== null) await holdProject(trx, organizationId, projectId);
    const turnedOff = enabled === false && webhook.enabled;
    const turnedOn = enabled === true && !webhook.enabled;
    const changed = await changeWebhook(trx, webhook, {
      ...(url !== undefined && { url }),
      ...(description !== undefined && { description }),
      ...(events !== undefined && { events: JSON.stringify(events) }),
      ...(projectId !== undefined && { project_id: projectId }),
      ...(turnedOff && { enabled: false, disabled_because: 'owner' as const }),
      ...(turnedOn && { enabled: true, disabled_because: null, failing_since: null, active_since: new Date() }),
    });
    const narrowed = projectId !== undefined && projectId !== null && projectId !== webhook.project_id;
    const canceled =
      turnedOff || narrowed ? await cancelPending(trx, id, turnedOff ? undefined : (projectId ?? undefined)) : [];
    for (const jobId of canceled) await deps.bus.cancel(trx, jobId);
    return toWebhook(changed);
  });
}

/** Deletes a webhook with its log. @throws MaquetteError `not_found`, `precondition_failed` */
export async function deleteWebhook(
  deps: OperationDeps,
  organizationId: OrganizationId,
  id: WebhookId,
  ifRevision: number | undefined,
): Promise<void> {
  await deps.database.transaction(async (trx) => {
    await lockWebhook(trx, organizationId, id, ifRevision);
    for (const jobId of await cancelPending(trx, id)) await deps.bus.cancel(trx, jobId);
    await trx.deleteFrom('webhooks').where('organization_id', '=', organizationId).where('id', '=', id).execute();
  });
}

/** Gives a webhook another secret; the one before signs beside it for so long. @throws MaquetteError `not_found` */
export async function rotateWebhookSecret(
  deps: OperationDeps,
  organizationId: OrganizationId,
  id: WebhookId,
  { overlapHours }: { overlapHours: number },
): Promise<WebhookWithSecret> {
  const secret = newWebhookSecret();
  return deps.database.transaction(async (trx) => {
    const webhook = await lockWebhook(trx, organizationId, id);
    const overlap =
      overlapHours === 0
        ? { previous_secret: null, previous_secret_until: null }
        : { previous_secret: webhook.secret, previous_secret_until: new Date(Date.now() + overlapHours * HOUR_MS) };
    const changed = await changeWebhook(trx, webhook, { secret: deps.sealer.seal(secret, id), ...overlap });
    return { ...toWebhook(changed), secret };
  });
}
