import { type Kysely, sql } from 'kysely';

/**
 * Uploads in pieces. No key refers to a project or an asset: either may be deleted while the bytes come, and the upload
 * then ends with an error of its own.
 */
export async function addUploads(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table uploads (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      bytes bigint,
      received bigint not null default 0,
      writer integer not null default 0,
      file_name text not null,
      name text,
      project_id text collate "C",
      asset_id text collate "C",
      sha256 text collate "C",
      held boolean not null,
      metadata text not null,
      made_asset_id text collate "C",
      job_id text collate "C",
      released boolean not null default false,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    )`.execute(db);
  await sql`create index uploads_by_organization on uploads (organization_id, id desc)`.execute(db);
  await sql`create index uploads_by_job on uploads (job_id) where job_id is not null`.execute(db);
  await sql`create index uploads_by_expiry on uploads (expires_at)`.execute(db);
  await sql`
    create table upload_pieces (
      upload_id text collate "C" not null references uploads (id) on delete cascade,
      start bigint not null,
      sha256 text collate "C" not null,
      bytes bigint not null,
      primary key (upload_id, start)
    )`.execute(db);
  await sql`create index upload_pieces_by_blob on upload_pieces (sha256)`.execute(db);
}
