import { newId, type OrganizationId, type SessionId } from '#contracts/ids/ids.ts';
import { verifyPassword } from '#platform/secrets/passwords.ts';
import { audit } from '../audit.ts';
import { memberOfNothing, wrongPassword } from '../errors.ts';
import { firstMembership } from '../organizations/memberships.ts';
import type { AuthDatabase, AuthTrx } from '../tables.ts';
import { startSession } from './sessions.ts';
import { countAttempt, forgetFailures } from './sign-in-failures.ts';
import { findUserByEmail, type UserRow } from './users.ts';

/**
 * Signs a person in by address and password. An unknown address, an account without a password and a wrong password get
 * one answer after one time.
 *
 * @returns the token for the cookie
 * @throws MaquetteError `unauthenticated`; `rate_limited` after too many wrong passwords; `forbidden` for a person who is
 * in no organisation
 */
export async function signIn(
  database: AuthDatabase,
  input: { email: string; password: string; userAgent: string },
): Promise<{ sessionId: SessionId; token: string }> {
  const user = await checkPassword(database, input.email, input.password);
  return database.transaction((trx) => enter(trx, user, input.userAgent, 'password'));
}

/** The person with an address and password; attempts are counted. @throws MaquetteError as `signIn` */
export async function checkPassword(database: AuthDatabase, email: string, password: string): Promise<UserRow> {
  const counter = await countAttempt(database, email);
  const user = await findUserByEmail(database.kysely, email);
  // No transaction is open meanwhile: with one connection everybody would wait for the hash.
  const right = await verifyPassword(user?.password_hash, password);
  if (!user || !right) {
    await database.transaction(async (trx) => {
      // Looked for in any case, so that an address that nobody has takes as long.
      const membership = await firstMembership(trx, user?.id ?? newId('user'));
      const subject = user && { type: 'user', id: user.id };
      const organizationId: OrganizationId | null = membership?.organizationId ?? null;
      await audit(trx, { organizationId, action: 'signIn', subject, outcome: 'refused', details: { how: 'password' } });
    });
    throw wrongPassword();
  }
  await forgetFailures(database.kysely, counter);
  return user;
}

/** Starts a session in the person's oldest organisation. @throws MaquetteError `forbidden` when they have none */
export async function enter(
  trx: AuthTrx,
  user: Pick<UserRow, 'id'>,
  userAgent: string,
  how: string,
): Promise<{ sessionId: SessionId; token: string }> {
  const membership = await firstMembership(trx, user.id);
  if (!membership) throw memberOfNothing();
  return startSession(trx, { userId: user.id, organizationId: membership.organizationId, userAgent, how });
}
