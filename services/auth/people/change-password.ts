import { sql } from 'kysely';
import { type Role, roleReaches } from '#contracts/access/roles.ts';
import type { OrganizationId, SessionId, UserId } from '#contracts/ids/ids.ts';
import type { NewPasswordReset } from '#contracts/rest/resources/sign-in.ts';
import { hashPassword, verifyPassword } from '#platform/secrets/passwords.ts';
import { audit } from '../audit.ts';
import {
  addressUnknown,
  elsewhereToo,
  memberNotFound,
  resetTokenInvalid,
  roleTooWeak,
  wrongPassword,
} from '../errors.ts';
import { firstMembership, membershipOf, membershipsOf } from '../organizations/memberships.ts';
import { hashToken, newToken } from '../random-token.ts';
import type { AuthDatabase, AuthTrx } from '../tables.ts';
import { revokeSessions } from './sessions.ts';
import { countAttempt, forgetFailures } from './sign-in-failures.ts';
import { findUserByEmail, readUser } from './users.ts';

const RESET_HOURS = 24;

/**
 * Changes a person's password and ends their other sessions.
 * @throws MaquetteError `unauthenticated` (the current one is wrong), `rate_limited`
 */
export async function changePassword(
  database: AuthDatabase,
  input: { userId: UserId; sessionId: SessionId; currentPassword: string; newPassword: string },
): Promise<void> {
  const user = await readUser(database.kysely, input.userId);
  const account = user.email ?? user.id;
  const counter = await countAttempt(database, account);
  if (!(await verifyPassword(user.password_hash, input.currentPassword))) throw wrongPassword();
  await forgetFailures(database.kysely, counter);
  const hash = await hashPassword(input.newPassword);
  await database.transaction((trx) => setPassword(trx, user.id, hash, input.sessionId));
}

/**
 * Makes a token by which a member can set a new password. There is no mail: whoever administers hands it over.
 *
 * An administrator of one organisation must not come into another by it: who is a member elsewhere too can only be helped
 * by the operator of the server.
 *
 * @param actorRole of who asks; undefined: the operator
 * @throws MaquetteError `not_found`, `forbidden`
 */
export async function createPasswordReset(
  trx: AuthTrx,
  input: { organizationId: OrganizationId; userId: UserId; actorRole: Role | undefined },
): Promise<NewPasswordReset> {
  const { organizationId, userId, actorRole } = input;
  // Whoever makes the person a member elsewhere at this moment waits for the token, and ends it.
  await trx.selectFrom('users').select('id').where('id', '=', userId).forUpdate().execute();
  const membership = await membershipOf(trx, userId, organizationId);
  if (!membership) throw memberNotFound(userId);
  if (actorRole !== undefined) {
    if (!roleReaches(actorRole, membership.role)) throw roleTooWeak(membership.role);
    if ((await membershipsOf(trx, userId)).length > 1) throw elsewhereToo(userId);
  }
  const token = newToken('mqr');
  const expiresAt = new Date(Date.now() + RESET_HOURS * 3_600_000);
  await trx.deleteFrom('password_resets').where('user_id', '=', userId).execute();
  await trx
    .insertInto('password_resets')
    .values({ sha256: hashToken(token), user_id: userId, expires_at: expiresAt })
    .execute();
  await audit(trx, { organizationId, action: 'createPasswordReset', subject: { type: 'user', id: userId } });
  return { token, expiresAt: expiresAt.toISOString() };
}

/**
 * Makes such a token for the operator of the server, who knows a person by their address, whatever organisations they are in.
 * @throws MaquetteError `not_found`
 */
export async function createPasswordResetByEmail(database: AuthDatabase, email: string): Promise<NewPasswordReset> {
  return database.transaction(async (trx) => {
    const user = await findUserByEmail(trx, email);
    const membership = user && (await firstMembership(trx, user.id));
    if (!membership) throw addressUnknown(email);
    const { organizationId } = membership;
    return createPasswordReset(trx, { organizationId, userId: user.id, actorRole: undefined });
  });
}

/** Sets a new password by a token, once, and ends all sessions. @throws MaquetteError `unauthenticated` */
export async function resetPassword(
  database: AuthDatabase,
  input: { token: string; newPassword: string },
): Promise<void> {
  const sha256 = hashToken(input.token);
  const known = await database.kysely
    .selectFrom('password_resets')
    .select('user_id')
    .where('sha256', '=', sha256)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
  if (!known) throw resetTokenInvalid();
  const hash = await hashPassword(input.newPassword);
  await database.transaction(async (trx) => {
    const { numDeletedRows } = await trx.deleteFrom('password_resets').where('sha256', '=', sha256).executeTakeFirst();
    if (numDeletedRows === 0n) throw resetTokenInvalid();
    await setPassword(trx, known.user_id, hash);
  });
}

/** Ends a person's password, if they have one, and the sessions that were had by it. They sign in otherwise. */
export async function dropPassword(trx: AuthTrx, userId: UserId): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('users')
    .set({ password_hash: null })
    .where('id', '=', userId)
    .where('password_hash', 'is not', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  await revokeSessions(trx, userId);
  await auditPassword(trx, userId, 'dropPassword');
}

async function setPassword(trx: AuthTrx, userId: UserId, hash: string, but?: SessionId): Promise<void> {
  await trx.updateTable('users').set({ password_hash: hash }).where('id', '=', userId).execute();
  await trx.deleteFrom('password_resets').where('user_id', '=', userId).execute();
  await revokeSessions(trx, userId, but);
  await auditPassword(trx, userId, 'setPassword');
}

async function auditPassword(trx: AuthTrx, userId: UserId, action: string): Promise<void> {
  const organizationId = (await firstMembership(trx, userId))?.organizationId ?? null;
  await audit(trx, { organizationId, action, subject: { type: 'user', id: userId } });
}
