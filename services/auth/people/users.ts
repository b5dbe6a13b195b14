import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { newId, type UserId } from '#contracts/ids/ids.ts';
import type { User } from '#contracts/rest/resources/user.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { audit } from '../audit.ts';
import { userNotFound } from '../errors.ts';
import type { AuthReader, AuthTrx, UsersTable } from '../tables.ts';

/** A row of `users`. */
export type UserRow = Selectable<UsersTable>;

/** The person with an address, whatever its case. */
export async function findUserByEmail(db: AuthReader, email: string): Promise<UserRow | undefined> {
  return db
    .selectFrom('users')
    .selectAll()
    .where(sql<string>`lower(email)`, '=', email.toLowerCase())
    .executeTakeFirst();
}

/** @throws MaquetteError `not_found` */
export async function readUser(db: AuthReader, id: UserId): Promise<UserRow> {
  const row = await db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw userNotFound(id);
  return row;
}

/** Makes a person. @returns undefined when somebody has the address by now */
export async function insertUser(
  trx: AuthTrx,
  user: { email: string; name: string; passwordHash: string | null },
): Promise<UserRow | undefined> {
  return trx
    .insertInto('users')
    .values({ id: newId('user'), email: user.email, name: user.name, password_hash: user.passwordHash })
    .onConflict((conflict) => conflict.expression(sql`lower(email)`).where('email', 'is not', null).doNothing())
    .returningAll()
    .executeTakeFirst();
}

/**
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found`, `precondition_failed`
 */
export async function renameUser(
  trx: AuthTrx,
  id: UserId,
  name: string | undefined,
  ifMatch: string | undefined,
): Promise<UserRow> {
  const before = await trx.selectFrom('users').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  if (!before) throw userNotFound(id);
  requireMatch(ifMatch, toUser(before));
  if (name === undefined) return before;
  const row = await trx
    .updateTable('users')
    .set({ name })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await audit(trx, { organizationId: null, action: 'updateMe', subject: { type: 'user', id } });
  return row;
}

/** A person as others see them. */
export function toUser(row: Pick<UserRow, 'id' | 'email' | 'name' | 'created_at'>): User {
  return { id: row.id, email: row.email, name: row.name, createdAt: row.created_at.toISOString() };
}
