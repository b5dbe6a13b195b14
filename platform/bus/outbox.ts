import { type Selectable, sql } from 'kysely';
import type { NewEvent, RecordedEvent } from '#contracts/events/events.ts';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { Database, Trx } from '../database/database.ts';
import type { PositionedEvent } from './bus.ts';
import type { BusTables, OutboxTable } from './tables.ts';

/** Appends an event; its position is given as the transaction commits (see `migrations.ts`). */
export async function publishEvent(trx: Trx<BusTables>, event: NewEvent): Promise<void> {
  await trx
    .insertInto('outbox')
    .values({
      type: event.type,
      organization_id: event.organizationId,
      project_id: event.projectId,
      subject_type: event.subject.type,
      subject_id: event.subject.id,
      data: JSON.stringify(event.data),
    })
    .execute();
}

/** Up to `limit` events after a position, in order. */
export async function readEvents(
  database: Database<BusTables>,
  after: number,
  limit: number,
  organizationId?: OrganizationId,
): Promise<PositionedEvent[]> {
  let query = database.kysely
    .selectFrom('outbox')
    .selectAll()
    .where('position', '>', after)
    .orderBy('position')
    .limit(limit);
  if (organizationId !== undefined) query = query.where('organization_id', '=', organizationId);
  const rows = await query.execute();
  return rows.map((row) => ({ position: row.position, event: toEvent(row) }));
}

/** See `Bus.readSpan`. */
export async function readSpan(
  trx: Trx<BusTables>,
  organizationId: OrganizationId,
  { since, until }: { since: Date; until?: Date | undefined },
  limit: number,
): Promise<RecordedEvent[]> {
  let query = trx
    .selectFrom('outbox')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('position', 'is not', null)
    .where('created_at', '>=', since);
  if (until !== undefined) query = query.where('created_at', '<', until);
  const rows = await query.orderBy('position').limit(limit).execute();
  return rows.map(toEvent);
}

function toEvent(row: Selectable<OutboxTable>): RecordedEvent {
  const event = {
    id: String(row.position),
    type: row.type,
    time: row.created_at.toISOString(),
    organizationId: row.organization_id,
    projectId: row.project_id,
    subject: { type: row.subject_type, id: row.subject_id },
    data: row.data,
  };
  // Written by `publishEvent` out of the same type.
  return event as unknown as RecordedEvent;
}

/** The position of the oldest event that is kept; 0 when there is none. */
export async function findOldestPosition(database: Database<BusTables>): Promise<number> {
  const { rows } = await sql<{ oldest: number }>`
    select coalesce(min(position), 0) as oldest from outbox`.execute(database.kysely);
  return rows[0]?.oldest ?? 0;
}

/** The newest position; 0 when there is none. */
export async function findNewestPosition(database: Database<BusTables>): Promise<number> {
  const { rows } = await sql<{ newest: number }>`
    select coalesce(max(position), 0) as newest from outbox`.execute(database.kysely);
  return rows[0]?.newest ?? 0;
}
