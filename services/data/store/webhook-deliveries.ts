import { type Selectable, sql } from 'kysely';
import type { JobId, OrganizationId, ProjectId, WebhookDeliveryId, WebhookId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import type {
  DeliveryAttempt,
  DeliveryState,
  WebhookDelivery,
  WebhookDeliveryDetails,
} from '#contracts/rest/resources/webhook-delivery.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { batches } from '../batches.ts';
import type { DataReader, DataTrx, WebhookAttemptsTable, WebhookDeliveriesTable } from '../tables.ts';

export type DeliveryRow = Selectable<WebhookDeliveriesTable>;
type AttemptRow = Selectable<WebhookAttemptsTable>;

/** A delivery to be made. */
export type NewDelivery = Pick<
  DeliveryRow,
  'id' | 'organization_id' | 'webhook_id' | 'message_id' | 'event_type' | 'project_id' | 'body' | 'job_id' | 'replay_of'
>;

export async function insertDeliveries(trx: DataTrx, deliveries: readonly NewDelivery[]): Promise<void> {
  for (const batch of batches(deliveries)) await trx.insertInto('webhook_deliveries').values(batch).execute();
}

/** @throws MaquetteError `not_found` */
export async function readDelivery(
  db: DataReader,
  organizationId: OrganizationId,
  webhookId: WebhookId,
  id: WebhookDeliveryId,
): Promise<WebhookDeliveryDetails> {
  const row = await findDelivery(db, organizationId, webhookId, id);
  const log = await db
    .selectFrom('webhook_attempts')
    .selectAll()
    .where('delivery_id', '=', id)
    .orderBy('number')
    .execute();
  const attempts = log.map(toAttempt);
  return { ...toDelivery(row, attempts.at(-1) ?? null), log: attempts, body: row.body };
}

/**
 * The deliveries that a webhook shows. Of one project these are the project's own: what it was told of others before it
 * was narrowed is not for those who administer that project.
 */
function shownBy(db: DataReader, organizationId: OrganizationId, webhookId: WebhookId) {
  return db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'webhook_deliveries.webhook_id')
    .selectAll('webhook_deliveries')
    .where('webhook_deliveries.organization_id', '=', organizationId)
    .where('webhook_deliveries.webhook_id', '=', webhookId)
    .where(({ eb, or }) =>
      or([
        eb('webhooks.project_id', 'is', null),
        eb('webhooks.project_id', '=', eb.ref('webhook_deliveries.project_id')),
      ]),
    );
}

/** The row of a delivery. @throws MaquetteError `not_found` */
export async function findDelivery(
  db: DataReader,
  organizationId: OrganizationId,
  webhookId: WebhookId,
  id: WebhookDeliveryId,
): Promise<DeliveryRow> {
  const row = await shownBy(db, organizationId, webhookId).where('webhook_deliveries.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('delivery', id);
  return row;
}

/** Newest first. */
export async function listDeliveries(
  db: DataReader,
  organizationId: OrganizationId,
  webhookId: WebhookId,
  request: PageRequest & { state?: DeliveryState | undefined; eventType?: WebhookDelivery['eventType'] | undefined },
): Promise<Page<WebhookDelivery>> {
  const start = startOf('webhookDelivery', request);
  let query = shownBy(db, organizationId, webhookId);
  if (start !== null) query = query.where('webhook_deliveries.id', '<', start);
  if (request.state !== undefined) query = query.where('state', '=', request.state);
  if (request.eventType !== undefined) query = query.where('event_type', '=', request.eventType);
  const rows = await query
    .orderBy('webhook_deliveries.id', 'desc')
    .limit(request.limit + 1)
    .execute();
  const shown = rows.map(({ id }) => id);
  const last =
    shown.length === 0
      ? []
      : await db
          .selectFrom('webhook_attempts')
          .distinctOn('delivery_id')
          .selectAll()
          .where('delivery_id', 'in', shown)
          .orderBy('delivery_id')
          .orderBy('number', 'desc')
          .execute();
  const byDelivery = new Map(last.map((attempt) => [attempt.delivery_id, toAttempt(attempt)]));
  return pageOfRows(rows, request, (row) => toDelivery(row, byDelivery.get(row.id) ?? null));
}

/** The delivery that a job makes; undefined when its webhook was deleted. */
export async function findDeliveryOfJob(trx: DataTrx, jobId: JobId): Promise<DeliveryRow | undefined> {
  return trx.selectFrom('webhook_deliveries').selectAll().where('job_id', '=', jobId).executeTakeFirst();
}

/** The deliveries of some jobs with what they are sent to and signed with, as far as their webhooks are switched on. */
export async function listForLease(db: DataReader, jobIds: readonly JobId[]) {
  if (jobIds.length === 0) return [];
  return db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'webhook_deliveries.webhook_id')
    .select(['job_id', 'message_id', 'body', 'webhook_id', 'url', 'secret', 'previous_secret', 'previous_secret_until'])
    .where('job_id', 'in', [...jobIds])
    .where('enabled', '=', true)
    .execute();
}

/** Writes an attempt down, and what the delivery is from now on. */
export async function recordAttempt(
  trx: DataTrx,
  delivery: DeliveryRow,
  attempt: Pick<AttemptRow, 'status' | 'milliseconds' | 'response' | 'error'>,
  next: { state: DeliveryState; nextAttemptAt: Date | null },
): Promise<void> {
  const number = delivery.attempts + 1;
  const at = new Date(Date.now() - attempt.milliseconds);
  await trx
    .insertInto('webhook_attempts')
    .values({ ...attempt, delivery_id: delivery.id, number, at })
    .execute();
  await trx
    .updateTable('webhook_deliveries')
    .set({
      attempts: number,
      state: next.state,
      next_attempt_at: next.nextAttemptAt,
      finished_at: next.state === 'pending' ? null : sql<Date>`now()`,
    })
    .where('id', '=', delivery.id)
    .execute();
}

/** Ends the deliveries of a webhook that go on, but for those of a project. @returns their jobs */
export async function cancelPending(trx: DataTrx, webhookId: WebhookId, but?: ProjectId): Promise<JobId[]> {
  const rows = await trx
    .updateTable('webhook_deliveries')
    .set({ state: 'canceled', next_attempt_at: null, finished_at: sql<Date>`now()` })
    .where('webhook_id', '=', webhookId)
    .where('state', '=', 'pending')
    .$if(but !== undefined, (query) => query.where('project_id', 'is distinct from', but as ProjectId))
    .returning('job_id')
    .execute();
  return rows.map(({ job_id }) => job_id).sort();
}

/** Lets others pass the deliveries to a webhook that wait. */
export async function lowerPending(trx: DataTrx, webhookId: WebhookId, priority: number): Promise<void> {
  await trx
    .updateTable('jobs')
    .set({ priority })
    .where('state', '=', 'queued')
    .where('priority', '>', priority)
    .where('id', 'in', (query) =>
      query
        .selectFrom('webhook_deliveries')
        .select('job_id')
        .where('webhook_id', '=', webhookId)
        .where('state', '=', 'pending'),
    )
    .execute();
}

/** Deletes deliveries that ended before a time, with their attempts. */
export async function forgetDeliveries(db: DataReader, endedBefore: Date): Promise<void> {
  await db.deleteFrom('webhook_deliveries').where('finished_at', '<', endedBefore).execute();
}

export function toDelivery(row: DeliveryRow, lastAttempt: DeliveryAttempt | null): WebhookDelivery {
  return {
    id: row.id,
    webhookId: row.webhook_id,
    messageId: row.message_id,
    eventType: row.event_type,
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: row.next_attempt_at?.toISOString() ?? null,
    lastAttempt,
    replayOf: row.replay_of,
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

function toAttempt({ number, at, status, milliseconds, response, error }: AttemptRow): DeliveryAttempt {
  return { number, at: at.toISOString(), status, milliseconds, response, error };
}
