import { type Kysely, sql } from 'kysely';
import { type AuditEntryId, newId, type OrganizationId } from '#contracts/ids/ids.ts';
import type { AuditEntry } from '#contracts/rest/resources/audit-entry.ts';
import { currentContext } from '../telemetry/context.ts';

/** What is written down; who did it, from where and in which request is known from the context. */
export interface AuditNote {
  organizationId: OrganizationId | null;
  /** Operation id, or another word for what was done. */
  action: string;
  subject?: { type: string; id: string } | undefined;
  /** `done` unless given. */
  outcome?: AuditEntry['outcome'];
  /** Nothing secret. */
  details?: Record<string, unknown>;
  /** Who it was, when the request itself says so, as a sign-in does. */
  actor?: { kind: 'user'; id: string; credentialId: string | null };
}

/** Which entries of an organisation are asked for. */
export interface AuditQuery {
  organizationId: OrganizationId;
  /** Entries before this one, the newest first. */
  before: AuditEntryId | null;
  limit: number;
  action?: string | undefined;
  actorId?: string | undefined;
  subjectId?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
}

/** Makes the audit log of an owner of tables. */
export async function createAuditTable(db: Kysely<unknown>, table: string): Promise<void> {
  await sql`
    create table ${sql.table(table)} (
      id text collate "C" primary key,
      organization_id text collate "C",
      created_at timestamptz not null default now(),
      actor_kind text not null,
      actor_id text collate "C",
      credential_id text collate "C",
      action text not null,
      subject_type text,
      subject_id text collate "C",
      outcome text not null check (outcome in ('done', 'refused')),
      address text,
      request_id text,
      details json not null
    )`.execute(db);
  await sql`create index on ${sql.table(table)} (organization_id, id desc)`.execute(db);
  await sql`create index on ${sql.table(table)} (created_at)`.execute(db);
}

/** Writes one entry: in the transaction of the change that it tells of. */
export async function writeAudit<Tables>(db: Kysely<Tables>, table: string, note: AuditNote): Promise<void> {
  const context = currentContext();
  const caller = note.actor ?? context?.caller ?? { kind: 'system', id: null, credentialId: null };
  const { organizationId, action, subject, outcome = 'done', details = {} } = note;
  await sql`
    insert into ${sql.table(table)}
      (id, organization_id, actor_kind, actor_id, credential_id, action, subject_type, subject_id, outcome, address,
       request_id, details)
    values (${newId('auditEntry')}, ${organizationId}, ${caller.kind}, ${caller.id}, ${caller.credentialId}, ${action},
      ${subject?.type ?? null}, ${subject?.id ?? null}, ${outcome}, ${context?.caller?.address ?? null},
      ${context?.requestId ?? null}, ${JSON.stringify(details)})`.execute(db);
}

/** Entries, newest first. */
export async function readAudit<Tables>(db: Kysely<Tables>, table: string, query: AuditQuery): Promise<AuditEntry[]> {
  const { organizationId, before, limit, action, actorId, subjectId, since, until } = query;
  const conditions = [
    sql`organization_id = ${organizationId}`,
    ...(before === null ? [] : [sql`id < ${before}`]),
    ...(action === undefined ? [] : [sql`action = ${action}`]),
    ...(actorId === undefined ? [] : [sql`actor_id = ${actorId}`]),
    ...(subjectId === undefined ? [] : [sql`subject_id = ${subjectId}`]),
    ...(since === undefined ? [] : [sql`created_at >= ${since}`]),
    ...(until === undefined ? [] : [sql`created_at < ${until}`]),
  ];
  const { rows } = await sql<AuditRow>`
    select * from ${sql.table(table)} where ${sql.join(conditions, sql` and `)} order by id desc limit ${limit}`.execute(
    db,
  );
  return rows.map(toEntry);
}

/** Deletes entries that are older than so many days. */
export async function pruneAudit<Tables>(db: Kysely<Tables>, table: string, days: number): Promise<void> {
  await sql`delete from ${sql.table(table)} where created_at < now() - make_interval(days => ${days})`.execute(db);
}

interface AuditRow {
  id: AuditEntryId;
  created_at: Date;
  actor_kind: AuditEntry['actor']['kind'];
  actor_id: string | null;
  credential_id: string | null;
  action: string;
  subject_type: string | null;
  subject_id: string | null;
  outcome: AuditEntry['outcome'];
  address: string | null;
  request_id: string | null;
  details: Record<string, unknown>;
}

function toEntry(row: AuditRow): AuditEntry {
  const { subject_type: type, subject_id: id } = row;
  return {
    id: row.id,
    time: row.created_at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id, credentialId: row.credential_id },
    action: row.action,
    subject: type === null || id === null ? null : { type, id },
    outcome: row.outcome,
    address: row.address,
    requestId: row.request_id,
    details: row.details,
  };
}
