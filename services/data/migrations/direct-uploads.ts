import { type Kysely, sql } from 'kysely';

/** Uploads that go straight to the storage: how large their parts are, and what the storage calls them while it holds them. */
export async function addDirectUploads(db: Kysely<unknown>): Promise<void> {
  await sql`alter table uploads add column part_bytes bigint, add column storage_upload text`.execute(db);
  await sql`create index uploads_in_storage on uploads (expires_at) where storage_upload is not null`.execute(db);
}
