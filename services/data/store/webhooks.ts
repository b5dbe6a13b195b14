import { type Selectable, sql } from 'kysely';
import type { OrganizationId, ProjectId, WebhookId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { Webhook } from '#contracts/rest/resources/webhook.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { staleRevision } from '../errors.ts';
import type { DataReader, DataTrx, WebhooksTable } from '../tables.ts';

export type WebhookRow = Selectable<WebhooksTable>;

/** Columns that a change of a webhook can set. */
export type WebhookColumns = Partial<Omit<WebhookRow, 'id' | 'organization_id' | 'events' | 'created_at'>> & {
  /** As JSON. */
  events?: string;
};

/** Newest first. */
export async function listWebhooks(
  db: DataReader,
  organizationId: OrganizationId,
  request: PageRequest & { projectId?: ProjectId | undefined },
): Promise<Page<Webhook>> {
  const { projectId } = request;
  const start = startOf('webhook', request);
  const rows = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .$if(start !== null, (query) => query.where('id', '<', start as WebhookId))
    .$if(projectId !== undefined, (query) => query.where('project_id', '=', projectId as ProjectId))
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toWebhook);
}

/** @throws MaquetteError `not_found` */
export async function readWebhook(db: DataReader, organizationId: OrganizationId, id: WebhookId): Promise<Webhook> {
  const row = await db
    .selectFrom('webhooks')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('webhook', id);
  return toWebhook(row);
}

/**
 * The row, locked until the transaction ends: changes of a webhook and ends of its deliveries take turns on it.
 * @throws MaquetteError `not_found`, `precondition_failed`
 */
export async function lockWebhook(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: WebhookId,
  ifRevision?: number,
): Promise<WebhookRow> {
  const row = await trx
    .selectFrom('webhooks')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('webhook', id);
  if (ifRevision !== undefined && ifRevision !== row.revision) {
    throw staleRevision('webhook', id, ifRevision, row.revision);
  }
  return row;
}

/** Changes a locked webhook. */
export async function changeWebhook(
  trx: DataTrx,
  { id, organization_id }: Pick<WebhookRow, 'id' | 'organization_id'>,
  columns: WebhookColumns,
): Promise<WebhookRow> {
  return trx
    .updateTable('webhooks')
    .set({
      ...columns,
      revision: sql<number>`revision + 1`,
      updated_at: sql<Date>`now()`,
    })
    .where('organization_id', '=', organization_id)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** The switched-on webhooks of an organisation that ask for events of a type and project. */
export async function listSubscribed(
  trx: DataTrx,
  organizationId: OrganizationId,
  event: { type: string; projectId: ProjectId | null; time: string },
): Promise<WebhookRow[]> {
  const rows = await trx
    .selectFrom('webhooks')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('enabled', '=', true)
    .where('active_since', '<=', new Date(event.time))
    .orderBy('id')
    .execute();
  return rows.filter((row) => asksFor(row, event));
}

/** Whether a webhook asks for such an event. */
export function asksFor(
  { events, project_id }: WebhookRow,
  { type, projectId }: { type: string; projectId: ProjectId | null },
): boolean {
  if (events.length > 0 && !events.some((wanted) => wanted === type)) return false;
  return project_id === null || project_id === projectId;
}

export function toWebhook(row: WebhookRow): Webhook {
  const { previous_secret_until: until } = row;
  return {
    id: row.id,
    url: row.url,
    description: row.description,
    events: row.events,
    projectId: row.project_id,
    enabled: row.enabled,
    disabledBecause: row.disabled_because,
    failingSince: row.failing_since?.toISOString() ?? null,
    previousSecretUntil: until !== null && until.getTime() > Date.now() ? until.toISOString() : null,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
