import { type Kysely, sql } from 'kysely';
import { createAuditTable } from '#platform/audit/audit-log.ts';
import type { MigrationSet } from '#platform/database/database.ts';
import { createIdempotencyTable } from '#platform/idempotency/once.ts';
import { AUDIT_TABLE } from './audit.ts';
import { IDEMPOTENCY_TABLE } from './idempotency.ts';
import { addBatches, addBatchProjects, addUsage } from './migrations/batches-and-usage.ts';
import { addDirectUploads } from './migrations/direct-uploads.ts';
import { addDuplicates } from './migrations/duplicates.ts';
import { addSharePasswords } from './migrations/share-passwords.ts';
import { addShares } from './migrations/shares.ts';
import { addUploads } from './migrations/uploads.ts';
import { addDeliveryProjects, addWebhooks } from './migrations/webhooks.ts';

/**
 * Ids and hashes compare byte by byte (`collate "C"`): lists are ordered by id, and a locale's own order would depend on
 * the server. Columns that hold JSON are `json`, not `jsonb`, which refuses the character U+0000: names inside of a model
 * may hold it.
 */
async function createTables(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table projects (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      name text not null,
      revision integer not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index projects_by_organization on projects (organization_id, id desc)`.execute(db);

  await sql`
    create table assets (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      project_id text collate "C" not null references projects (id),
      name text not null,
      version_id text collate "C" not null,
      revision integer not null default 1,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index assets_by_organization on assets (organization_id, id desc)`.execute(db);
  await sql`create index assets_by_project on assets (project_id, id desc)`.execute(db);

  await sql`
    create table versions (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      asset_id text collate "C" not null references assets (id) on delete cascade,
      number integer not null,
      state text not null check (state in ('uploading', 'processing', 'ready', 'failed')),
      format text,
      bytes bigint not null,
      report json,
      glb_sha256 text collate "C",
      glb_bytes bigint,
      preview_id text collate "C",
      error json,
      job_id text collate "C" not null,
      created_at timestamptz not null default now(),
      unique (asset_id, number)
    )`.execute(db);
  await sql`create index versions_by_glb on versions (glb_sha256) where glb_sha256 is not null`.execute(db);

  await sql`
    create table version_files (
      version_id text collate "C" not null references versions (id) on delete cascade,
      ordinal integer not null,
      name text not null,
      sha256 text collate "C" not null,
      bytes bigint not null,
      primary key (version_id, ordinal),
      unique (version_id, name)
    )`.execute(db);
  await sql`create index version_files_by_blob on version_files (sha256)`.execute(db);

  await sql`
    create table derivatives (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      asset_id text collate "C" not null references assets (id) on delete cascade,
      version_id text collate "C" not null references versions (id) on delete cascade,
      operation text not null,
      parameters json not null,
      key text collate "C" not null,
      content_type text not null,
      width integer,
      height integer,
      bytes bigint not null,
      sha256 text collate "C" not null,
      cost json not null,
      job_id text collate "C" not null,
      created_at timestamptz not null default now(),
      unique (version_id, key)
    )`.execute(db);
  await sql`create index derivatives_by_key on derivatives (organization_id, key)`.execute(db);
  await sql`create index derivatives_by_asset on derivatives (asset_id, id desc)`.execute(db);
  await sql`create index derivatives_by_blob on derivatives (sha256)`.execute(db);

  await sql`
    create table renders (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      asset_id text collate "C" not null references assets (id) on delete cascade,
      version_id text collate "C" not null references versions (id) on delete cascade,
      purpose text not null check (purpose in ('preview', 'url', 'request')),
      state text not null check (state in ('pending', 'succeeded', 'failed', 'canceled')),
      request json not null,
      key text collate "C" not null,
      job_id text collate "C" not null,
      leads boolean not null,
      derivative_id text collate "C" references derivatives (id),
      cached boolean not null,
      error json,
      created_at timestamptz not null default now(),
      finished_at timestamptz,
      check ((state = 'succeeded') = (derivative_id is not null)),
      check ((state = 'pending') = (finished_at is null))
    )`.execute(db);
  await sql`create index renders_by_organization on renders (organization_id, id desc)`.execute(db);
  await sql`create index renders_by_asset on renders (asset_id, id desc)`.execute(db);
  await sql`create index renders_by_key on renders (version_id, key)`.execute(db);
  await sql`create index renders_by_derivative on renders (derivative_id)`.execute(db);
  await sql`create index renders_by_job on renders (job_id) where state = 'pending'`.execute(db);
  await sql`create unique index renders_one_leader on renders (version_id, key) where leads and state = 'pending'`.execute(
    db,
  );

  await sql`
    create table blobs (
      sha256 text collate "C" primary key,
      bytes bigint not null,
      referenced_at timestamptz not null default now()
    )`.execute(db);
}

/** A render can make several files: the picture and its passes. */
async function addRenderFiles(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table derivatives
      add column role text,
      add column picture_id text collate "C" references derivatives (id) on delete cascade`.execute(db);
  await sql`update derivatives set role = 'beauty' where operation = 'render.image'`.execute(db);
  await sql`create index derivatives_by_picture on derivatives (picture_id) where picture_id is not null`.execute(db);
}

/**
 * Sequences of frames. No key refers to a frame's job or asset: a frame stays until its blob is let go too, whatever was
 * deleted meanwhile.
 */
async function addSequences(db: Kysely<unknown>): Promise<void> {
  await sql`alter table derivatives add column media json`.execute(db);
  await sql`
    create table sequence_frames (
      job_id text collate "C" not null,
      frame integer not null,
      role text not null check (role in ('image', 'depth')),
      sha256 text collate "C" not null,
      bytes bigint not null,
      camera json,
      primary key (job_id, frame, role)
    )`.execute(db);
  await sql`create index sequence_frames_by_blob on sequence_frames (sha256)`.execute(db);
}

/** What a render is expected to take. */
async function addRenderEstimate(db: Kysely<unknown>): Promise<void> {
  await sql`alter table renders add column estimate json`.execute(db);
}

async function addEnvironments(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table environments (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      name text not null,
      format text not null,
      width integer not null,
      height integer not null,
      sha256 text collate "C" not null,
      bytes bigint not null,
      created_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index environments_by_organization on environments (organization_id, id desc)`.execute(db);
  await sql`create index environments_by_blob on environments (sha256)`.execute(db);
}

/** What the numbers of a pass stand for. */
async function addPassMeaning(db: Kysely<unknown>): Promise<void> {
  await sql`alter table derivatives add column meaning json`.execute(db);
}

/** Pictures in the making; no key refers to a job, which may be pruned. */
async function addJobPictures(db: Kysely<unknown>): Promise<void> {
  await sql`alter table renders add column progress_pictures boolean not null default false`.execute(db);
  await sql`
    create table job_pictures (
      job_id text collate "C" not null,
      samples integer not null,
      sha256 text collate "C" not null,
      bytes bigint not null,
      content_type text not null,
      width integer not null,
      height integer not null,
      created_at timestamptz not null default now(),
      primary key (job_id, samples)
    )`.execute(db);
  await sql`create index job_pictures_by_blob on job_pictures (sha256)`.execute(db);
}

/** What a recipe did. */
async function addRecipeReport(db: Kysely<unknown>): Promise<void> {
  await sql`alter table derivatives add column report json`.execute(db);
}

async function addIdempotencyKeys(db: Kysely<unknown>): Promise<void> {
  await createIdempotencyTable(db, IDEMPOTENCY_TABLE);
}

async function addValidationProfiles(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table validation_profiles (
      organization_id text collate "C" not null,
      name text collate "C" not null,
      description text not null,
      rules json not null,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      primary key (organization_id, name)
    )`.execute(db);
}

/** What steps of recipes have made. It goes with the version whose recipe made it. */
async function addRecipeStates(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table recipe_states (
      organization_id text collate "C" not null,
      key text collate "C" not null,
      version_id text collate "C" not null references versions (id) on delete cascade,
      sha256 text collate "C" not null,
      bytes bigint not null,
      used_at timestamptz not null default now(),
      primary key (organization_id, key)
    )`.execute(db);
  await sql`create index recipe_states_by_blob on recipe_states (sha256)`.execute(db);
  await sql`create index recipe_states_by_version on recipe_states (version_id)`.execute(db);
  await sql`create index recipe_states_by_use on recipe_states (used_at)`.execute(db);
}

/** The versions that a derivative was made of, where these are of several assets. */
async function addDerivativeSources(db: Kysely<unknown>): Promise<void> {
  await sql`alter table derivatives add column sources json`.execute(db);
}

/** Organisations whose data is that of test keys. */
async function addTestOrganizations(db: Kysely<unknown>): Promise<void> {
  await sql`create table test_organizations (organization_id text collate "C" primary key)`.execute(db);
}

/** The tables of the data service; those of the bus have their own set. */
export const DATA_MIGRATIONS: MigrationSet = {
  owner: 'data',
  migrations: {
    '0001_tables': { up: createTables },
    '0002_render_files': { up: addRenderFiles },
    '0003_sequences': { up: addSequences },
    '0004_render_estimate': { up: addRenderEstimate },
    '0005_environments': { up: addEnvironments },
    '0006_pass_meaning': { up: addPassMeaning },
    '0007_job_pictures': { up: addJobPictures },
    '0008_recipe_report': { up: addRecipeReport },
    '0009_idempotency_keys': { up: addIdempotencyKeys },
    '0010_validation_profiles': { up: addValidationProfiles },
    '0011_recipe_states': { up: addRecipeStates },
    '0012_webhooks': { up: addWebhooks },
    '0013_uploads': { up: addUploads },
    '0014_batches': { up: addBatches },
    '0015_usage': { up: addUsage },
    '0017_shares': { up: addShares },
    '0018_duplicates': { up: addDuplicates },
    '0019_test_organizations': { up: addTestOrganizations },
    '0020_audit_log': { up: (db) => createAuditTable(db, AUDIT_TABLE) },
    '0021_direct_uploads': { up: addDirectUploads },
    '0022_share_passwords': { up: addSharePasswords },
    '0023_batch_projects': { up: addBatchProjects },
    '0024_delivery_projects': { up: addDeliveryProjects },
    '0025_derivative_sources': { up: addDerivativeSources },
  },
};
