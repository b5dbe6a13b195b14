import { type Kysely, sql } from 'kysely';
import { createAuditTable } from '#platform/audit/audit-log.ts';
import type { MigrationSet } from '#platform/database/database.ts';
import { createIdempotencyTable } from '#platform/idempotency/once.ts';
import { AUDIT_TABLE, IDEMPOTENCY_TABLE } from './tables.ts';

async function createTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table organizations (
      id text collate "C" primary key,
      name text not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table users (
      id text collate "C" primary key,
      email text,
      name text not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create unique index users_by_email on users (lower(email)) where email is not null`.execute(db);
  await sql`
    create table memberships (
      organization_id text collate "C" not null references organizations (id) on delete cascade,
      user_id text collate "C" not null references users (id) on delete cascade,
      role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
      created_at timestamptz not null default now(),
      primary key (organization_id, user_id)
    )`.execute(db);
  await sql`
    create table api_keys (
      id text collate "C" primary key,
      organization_id text collate "C" not null references organizations (id) on delete cascade,
      name text not null,
      prefix text not null,
      sha256 text collate "C" not null unique,
      role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
      scopes jsonb not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz,
      last_used_at timestamptz,
      revoked_at timestamptz
    )`.execute(db);
  await sql`create index api_keys_by_organization on api_keys (organization_id, id desc)`.execute(db);
}

async function addIdempotencyKeys(db: Kysely<unknown>): Promise<void> {
  await createIdempotencyTable(db, IDEMPOTENCY_TABLE);
}

/** What people sign in with, what they are invited by, and what they did. */
async function addPeople(db: Kysely<unknown>): Promise<void> {
  await sql`alter table users add column password_hash text`.execute(db);
  await sql`
    create table identities (
      issuer text not null,
      subject text not null,
      user_id text collate "C" not null references users (id) on delete cascade,
      created_at timestamptz not null default now(),
      primary key (issuer, subject)
    )`.execute(db);
  await sql`create index on identities (user_id)`.execute(db);
  await sql`create index on memberships (user_id, created_at)`.execute(db);
  await sql`
    create table project_memberships (
      organization_id text collate "C" not null,
      project_id text collate "C" not null,
      user_id text collate "C" not null,
      role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
      created_at timestamptz not null default now(),
      primary key (organization_id, project_id, user_id),
      foreign key (organization_id, user_id) references memberships (organization_id, user_id) on delete cascade
    )`.execute(db);
  await sql`create index on project_memberships (user_id, organization_id)`.execute(db);
  await sql`
    create table invitations (
      id text collate "C" primary key,
      organization_id text collate "C" not null references organizations (id) on delete cascade,
      email text not null,
      role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
      sha256 text collate "C" not null unique,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      accepted_at timestamptz,
      revoked_at timestamptz
    )`.execute(db);
  await sql`create index on invitations (organization_id, id desc)`.execute(db);
  await sql`
    create table sessions (
      id text collate "C" primary key,
      user_id text collate "C" not null references users (id) on delete cascade,
      organization_id text collate "C" not null references organizations (id) on delete cascade,
      sha256 text collate "C" not null unique,
      previous_sha256 text collate "C" unique,
      csrf_token text not null,
      address text,
      user_agent text,
      created_at timestamptz not null default now(),
      rotated_at timestamptz not null default now(),
      last_seen_at timestamptz not null default now(),
      revoked_at timestamptz
    )`.execute(db);
  await sql`create index on sessions (user_id, id desc)`.execute(db);
  await sql`
    create table password_resets (
      sha256 text collate "C" primary key,
      user_id text collate "C" not null references users (id) on delete cascade,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index on password_resets (user_id)`.execute(db);
  await sql`
    create table sign_in_failures (
      email_sha256 text collate "C" primary key,
      failures integer not null,
      last_at timestamptz not null
    )`.execute(db);
  await createAuditTable(db, AUDIT_TABLE);
}

/** Principals that are no people, and access tokens. */
async function addServiceAccounts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table service_accounts (
      id text collate "C" primary key,
      organization_id text collate "C" not null references organizations (id) on delete cascade,
      name text not null,
      role text not null check (role in ('owner', 'admin', 'editor', 'viewer')),
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index on service_accounts (organization_id, id desc)`.execute(db);
  await sql`
    alter table api_keys
      add column service_account_id text collate "C" references service_accounts (id),
      add column user_id text collate "C" references users (id) on delete set null`.execute(db);
  await sql`create index on api_keys (service_account_id) where service_account_id is not null`.execute(db);
  await sql`create index on api_keys (user_id) where user_id is not null`.execute(db);
  await sql`
    create table signing_keys (
      kid text collate "C" primary key,
      jwk json not null,
      sealed_key text not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`
    create table revocations (
      subject_id text collate "C" primary key,
      revoked_at timestamptz not null
    )`.execute(db);
  await sql`create index on revocations (revoked_at)`.execute(db);
}

/** Test keys, and the side of an organisation that they work on: an organisation of its own, so that all scoping holds. */
async function addTestMode(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table organizations
      add column test_of text collate "C" unique references organizations (id) on delete cascade`.execute(db);
  await sql`alter table api_keys add column test boolean not null default false`.execute(db);
}

/** Origins whose pages may use the API for an organisation; looked up by the origin first. */
async function addAllowedOrigins(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table allowed_origins (
      origin text collate "C" not null,
      organization_id text collate "C" not null references organizations (id) on delete cascade,
      primary key (origin, organization_id)
    )`.execute(db);
  await sql`create index on allowed_origins (organization_id)`.execute(db);
}

/** What all gateways together have let in. After a crash it may be gone: then every bucket is full. */
async function addRateCounts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create unlogged table rate_counts (
      bucket text collate "C" primary key,
      full_at double precision not null
    ) with (fillfactor = 50)`.execute(db);
}

/** Guests: members without a role in the organisation, invited to one project. */
async function addGuests(db: Kysely<unknown>): Promise<void> {
  // Keys of somebody who becomes a guest are bounded by that.
  for (const table of ['memberships', 'api_keys']) {
    const constraint = sql.ref(`${table}_role_check`);
    await sql`
      alter table ${sql.table(table)} drop constraint ${constraint},
        add constraint ${constraint} check (role in ('owner', 'admin', 'editor', 'viewer', 'guest'))`.execute(db);
  }
  await sql`alter table invitations add column project_id text collate "C"`.execute(db);
}

/** Whose word an invitation is: it ends with what they may do. */
async function addInviters(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table invitations add column user_id text collate "C" references users (id) on delete set null`.execute(db);
}

/** Whether the newest token of a session has arrived, and the one that had not when another took its place. */
async function addLostTokens(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table sessions
      add column arrived boolean not null default true,
      add column lost_sha256 text collate "C" unique`.execute(db);
}

/** The tables of the auth service. */
export const AUTH_MIGRATIONS: MigrationSet = {
  owner: 'auth',
  migrations: {
    '0001_tables': { up: createTables },
    '0002_idempotency_keys': { up: addIdempotencyKeys },
    '0003_people': { up: addPeople },
    '0004_service_accounts': { up: addServiceAccounts },
    '0005_test_mode': { up: addTestMode },
    '0006_allowed_origins': { up: addAllowedOrigins },
    '0007_rate_counts': { up: addRateCounts },
    '0008_guests': { up: addGuests },
    '0009_inviters': { up: addInviters },
    '0010_lost_tokens': { up: addLostTokens },
  },
};
