import { type Kysely, sql } from 'kysely';

/** Shares that ask for a password. */
export async function addSharePasswords(db: Kysely<unknown>): Promise<void> {
  await sql`alter table shares add column password_hash text`.execute(db);
}
