import { type Kysely, sql } from 'kysely';

/** Webhooks, what was sent to them, and each attempt. A delivery goes with its webhook, an attempt with its delivery. */
export async function addWebhooks(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table webhooks (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      url text not null,
      description text not null,
      events json not null,
      project_id text collate "C",
      enabled boolean not null,
      disabled_because text check (disabled_because in ('owner', 'gone', 'failing')),
      active_since timestamptz not null default clock_timestamp(),
      failing_since timestamptz,
      secret text not null,
      previous_secret text,
      previous_secret_until timestamptz,
      revision integer not null default 1,
      created_at timestamptz not null default clock_timestamp(),
      updated_at timestamptz not null default clock_timestamp(),
      check (enabled = (disabled_because is null))
    )`.execute(db);
  await sql`create index webhooks_by_organization on webhooks (organization_id, id desc)`.execute(db);
  await sql`
    create table webhook_deliveries (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      webhook_id text collate "C" not null references webhooks (id) on delete cascade,
      message_id text not null,
      event_type text not null,
      body text not null,
      state text not null default 'pending' check (state in ('pending', 'succeeded', 'failed', 'canceled')),
      attempts integer not null default 0,
      next_attempt_at timestamptz default now(),
      replay_of text collate "C",
      job_id text collate "C" not null unique,
      created_at timestamptz not null default now(),
      finished_at timestamptz,
      check ((state = 'pending') = (finished_at is null))
    )`.execute(db);
  await sql`create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_id, id desc)`.execute(db);
  await sql`create index webhook_deliveries_pending on webhook_deliveries (webhook_id) where state = 'pending'`.execute(
    db,
  );
  await sql`create index webhook_deliveries_ended on webhook_deliveries (finished_at) where finished_at is not null`.execute(
    db,
  );
  await sql`
    create table webhook_attempts (
      delivery_id text collate "C" not null references webhook_deliveries (id) on delete cascade,
      number integer not null,
      at timestamptz not null,
      status integer,
      milliseconds integer not null,
      response text,
      error text,
      primary key (delivery_id, number)
    )`.execute(db);
}

/** Whose project a delivery's event is, so that a webhook of one project shows nothing that it was told of others before. */
export async function addDeliveryProjects(db: Kysely<unknown>): Promise<void> {
  await sql`alter table webhook_deliveries add column project_id text collate "C"`.execute(db);
  await sql`update webhook_deliveries set project_id = body::json ->> 'projectId'`.execute(db);
}
