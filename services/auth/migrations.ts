import { type Kysely, sql } from 'kysely';
import type { MigrationSet } from '#platform/database/database.ts';
import { createIdempotencyTable } from '#platform/idempotency/once.ts';
import { IDEMPOTENCY_TABLE } from './tables.ts';

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

/** The tables of the auth service. */
export const AUTH_MIGRATIONS: MigrationSet = {
  owner: 'auth',
  migrations: { '0001_tables': { up: createTables }, '0002_idempotency_keys': { up: addIdempotencyKeys } },
};
