import { sql } from 'kysely';
import type { MigrationSet } from '../database/database.ts';

/** Key of the advisory lock under which positions are given; any number that no other part uses. */
export const OUTBOX_LOCK = 7_201_534_001;

/**
 * The bus's tables.
 *
 * Columns that hold JSON are `json`, not `jsonb`: `jsonb` refuses the character U+0000, which may be in a file's name.
 *
 * An event's position is given by a deferred trigger, that is while its transaction commits, under a lock that is held
 * until the commit is visible. So positions are ordered as transactions commit, and a reader that has seen position n
 * never meets a smaller one later. Taken when the event is inserted, the lock would last as long as the rest of the
 * transaction and could deadlock with its row locks; without a lock, a reader could see n + 1 before n is committed and
 * lose n. PostgreSQL commits transactions that NOTIFY one after the other in any case, so the lock costs no throughput.
 */
export const BUS_MIGRATIONS: MigrationSet = {
  owner: 'bus',
  migrations: {
    '001_jobs': {
      async up(db) {
        await sql`
          create table jobs (
            id text primary key,
            kind text not null,
            organization_id text not null,
            project_id text,
            asset_id text,
            payload json not null,
            state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed', 'canceled')),
            priority integer not null default 0,
            attempt integer not null default 0,
            max_attempts integer not null default 3 check (max_attempts > 0),
            lost_leases integer not null default 0,
            run_at timestamptz not null default clock_timestamp(),
            lease_token bigint not null default 0,
            lease_owner text,
            lease_until timestamptz,
            progress double precision not null default 0 check (progress between 0 and 1),
            stage text not null default '',
            result json,
            error json,
            trace_parent text,
            created_at timestamptz not null default clock_timestamp(),
            started_at timestamptz,
            finished_at timestamptz
          )`.execute(db);
        await sql`create index jobs_waiting on jobs (kind, priority desc, created_at, id) where state = 'queued'`.execute(
          db,
        );
        await sql`create index jobs_due on jobs (kind, run_at) where state = 'queued'`.execute(db);
        await sql`create index jobs_leased on jobs (kind, lease_until) where state = 'running'`.execute(db);
        await sql`create index jobs_ended on jobs (finished_at) where finished_at is not null`.execute(db);
        await sql`create index jobs_of_organization on jobs (organization_id, id)`.execute(db);
        await sql`create index jobs_of_asset on jobs (asset_id) where asset_id is not null`.execute(db);
      },
    },
    '002_events': {
      async up(db) {
        await sql`create sequence outbox_positions`.execute(db);
        await sql`
          create table outbox (
            id bigint generated always as identity primary key,
            position bigint,
            type text not null,
            organization_id text not null,
            project_id text,
            subject_type text not null,
            subject_id text not null,
            data json not null,
            created_at timestamptz not null default clock_timestamp()
          )`.execute(db);
        await sql`create unique index outbox_in_order on outbox (position)`.execute(db);
        await sql`create index outbox_of_organization on outbox (organization_id, position)`.execute(db);
        await sql`create index outbox_by_age on outbox (created_at)`.execute(db);
        await sql`
          create function outbox_give_position() returns trigger language plpgsql as $$
          begin
            perform pg_advisory_xact_lock(${sql.lit(OUTBOX_LOCK)});
            update outbox set position = nextval('outbox_positions'), created_at = clock_timestamp() where id = new.id;
            perform pg_notify('maquette_events', '');
            return null;
          end $$`.execute(db);
        await sql`
          create constraint trigger outbox_give_position after insert on outbox
          deferrable initially deferred for each row execute function outbox_give_position()`.execute(db);
        await sql`
          create table inbox (
            consumer text not null,
            position bigint not null,
            handled_at timestamptz not null default clock_timestamp(),
            primary key (consumer, position)
          )`.execute(db);
      },
    },
    '003_parts': {
      async up(db) {
        await sql`alter table jobs add column parent_id text`.execute(db);
        await sql`alter table jobs add column share double precision not null default 0`.execute(db);
        await sql`alter table jobs add column held boolean not null default false`.execute(db);
        await sql`create index jobs_parts on jobs (parent_id) where parent_id is not null`.execute(db);
      },
    },
    '004_fair_sharing': {
      async up(db) {
        await sql`alter table jobs add column delayed boolean not null default false`.execute(db);
        await sql`alter table jobs add column leased_at timestamptz`.execute(db);
        await sql`update jobs set delayed = true where state = 'queued' and run_at > now()`.execute(db);
        await sql`drop index jobs_waiting`.execute(db);
        await sql`drop index jobs_due`.execute(db);
        await sql`
          create index jobs_waiting on jobs (kind, organization_id, priority desc, created_at, id)
          where state = 'queued' and not held and not delayed`.execute(db);
        await sql`create index jobs_due on jobs (kind, run_at) where state = 'queued' and not held and delayed`.execute(
          db,
        );
      },
    },
    '005_turns': {
      async up(db) {
        await sql`
          create index jobs_served on jobs (organization_id, kind, leased_at desc) where leased_at is not null`.execute(
          db,
        );
      },
    },
    '006_progress_times': {
      async up(db) {
        await sql`alter table jobs add column progressed_at timestamptz`.execute(db);
      },
    },
  },
};
