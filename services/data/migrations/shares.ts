import { type Kysely, sql } from 'kysely';

/** Links to assets that can be revoked. */
export async function addShares(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table shares (
      id text collate "C" primary key,
      organization_id text collate "C" not null,
      asset_id text collate "C" not null references assets (id) on delete cascade,
      name text not null,
      created_at timestamptz not null default now(),
      expires_at timestamptz,
      revoked_at timestamptz
    )`.execute(db);
  await sql`create index shares_by_organization on shares (organization_id, id desc)`.execute(db);
  await sql`create index shares_by_asset on shares (asset_id)`.execute(db);
}
