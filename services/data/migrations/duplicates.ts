import { type Kysely, sql } from 'kysely';

/** Which versions have the same files. */
export async function addDuplicates(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table versions
      add column content_key text collate "C",
      add column duplicate_of text collate "C" references assets (id) on delete set null`.execute(db);
  await sql`
    create index versions_by_content on versions (organization_id, content_key) where content_key is not null`.execute(
    db,
  );
  await sql`create index versions_by_duplicate on versions (duplicate_of) where duplicate_of is not null`.execute(db);
}
