import type { ColumnType, Generated } from 'kysely';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { EventType } from '#contracts/events/events.ts';
import type { AssetId, JobId, OrganizationId, ProjectId } from '#contracts/ids/ids.ts';
import type { JobKind } from '#contracts/jobs/job-kinds.ts';

/** A column that the database fills in and reads back as a date. */
export type Timestamp = ColumnType<Date, Date | undefined, Date>;
type NullableTimestamp = ColumnType<Date | null, Date | null | undefined, Date | null>;
/** A JSON column: read as a value, written as its text. */
export type Json<T> = ColumnType<T, string, string>;
type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>;

/** States of a job in the queue. */
export type JobRowState = 'queued' | 'running' | 'succeeded' | 'failed' | 'canceled';

/** `jobs`: the queue and the record of what became of each job. */
export interface JobsTable {
  id: JobId;
  kind: JobKind;
  organization_id: OrganizationId;
  project_id: ProjectId | null;
  asset_id: AssetId | null;
  payload: Json<unknown>;
  state: Generated<JobRowState>;
  priority: Generated<number>;
  attempt: Generated<number>;
  max_attempts: Generated<number>;
  /** Leases that ran out without a word. */
  lost_leases: Generated<number>;
  run_at: Timestamp;
  /** Whether it waits for `run_at` before another attempt. */
  delayed: Generated<boolean>;
  lease_token: Generated<number>;
  lease_owner: string | null;
  lease_until: NullableTimestamp;
  /** When the newest lease began. */
  leased_at: NullableTimestamp;
  progress: Generated<number>;
  /** When the newest attempt last got further than any before; null: not yet. */
  progressed_at: NullableTimestamp;
  stage: Generated<string>;
  result: NullableJson<Record<string, unknown>>;
  error: NullableJson<ErrorValue>;
  trace_parent: string | null;
  /** The job that this one is a part of. */
  parent_id: JobId | null;
  /** Share of the parent's work, 0 to 1. */
  share: Generated<number>;
  /** Whether it waits for `release` before it can be leased. */
  held: Generated<boolean>;
  created_at: Timestamp;
  started_at: NullableTimestamp;
  finished_at: NullableTimestamp;
}

/**
 * `outbox`: recorded events in the order of their commits. Inside of the transaction that publishes an event its
 * position is still null (it is given as the transaction commits); nobody else ever sees it so.
 */
export interface OutboxTable {
  id: Generated<number>;
  position: Generated<number>;
  type: EventType;
  organization_id: OrganizationId;
  project_id: ProjectId | null;
  subject_type: string;
  subject_id: string;
  data: Json<Record<string, unknown>>;
  created_at: Timestamp;
}

/** `inbox`: which consumer has handled which event. */
export interface InboxTable {
  consumer: string;
  /** The event's position in the outbox. The greatest of a consumer is how far it has come. */
  position: number;
  handled_at: Timestamp;
}

export interface BusTables {
  jobs: JobsTable;
  outbox: OutboxTable;
  inbox: InboxTable;
}
