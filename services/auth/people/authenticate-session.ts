import { timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import type { Role } from '#contracts/access/roles.ts';
import type { OrganizationId, ProjectId, SessionId, UserId } from '#contracts/ids/ids.ts';
import { audit } from '../audit.ts';
import { signedOut } from '../errors.ts';
import { membershipOf } from '../organizations/memberships.ts';
import { projectRolesOf } from '../organizations/project-roles.ts';
import { hashToken, newToken } from '../random-token.ts';
import type { AuthDatabase, AuthTrx } from '../tables.ts';
import { revokeTokens } from '../tokens/revocations.ts';
import { type SessionRow, type SessionSettings, sessionLives } from './sessions.ts';

/** A token is exchanged for a new one after this. */
const ROTATE_AFTER_MS = 15 * 60_000;
/** The one before counts for so long yet: requests that were on their way bear it. */
const GRACE_MS = 60_000;
/** When a session was seen last is written at most this often. */
const SEEN_EVERY_MS = 60_000;

/** The form of a token; anything else is refused without a look. */
const TOKEN_FORM = /^mqs_[\w-]{43}$/;

/** Who is signed in. */
export interface SessionPrincipal {
  sessionId: SessionId;
  userId: UserId;
  organizationId: OrganizationId;
  organizationName: string;
  role: Role;
  projectRoles: Record<ProjectId, Role>;
  csrfToken: string;
  /** The token from now on, when it was exchanged. */
  newToken: string | undefined;
}

/**
 * Who stands behind the token of a session's cookie. Now and then the token is exchanged: one that is used after its
 * successor is a sign of theft, and ends the session. While nobody has come with the successor, the answer that bore it may
 * have been lost, as when a page is left meanwhile: then its predecessor gets another, and the lost one ends the session
 * if it comes after all.
 *
 * @param rotate whether the caller can hand on a new token
 * @throws MaquetteError `unauthenticated` when the session is unknown or over, or the person is in its organisation no more
 */
export async function authenticateSession(
  database: AuthDatabase,
  settings: SessionSettings,
  token: string,
  rotate: boolean,
  now = Date.now(),
): Promise<SessionPrincipal> {
  if (!TOKEN_FORM.test(token)) throw signedOut();
  const sha256 = hashToken(token);
  const { kysely } = database;
  const session = await kysely
    .selectFrom('sessions')
    .selectAll()
    .where(({ or, eb }) =>
      or([eb('sha256', '=', sha256), eb('previous_sha256', '=', sha256), eb('lost_sha256', '=', sha256)]),
    )
    .where(sessionLives(settings))
    .executeTakeFirst();
  if (!session) throw signedOut();
  const current = same(session.sha256, sha256);
  const age = now - session.rotated_at.getTime();
  const late = !current && age > GRACE_MS;
  if (session.lost_sha256 === sha256 || (late && session.arrived)) {
    await database.transaction((trx) => endStolen(trx, session));
    throw signedOut();
  }
  const due = rotate && (late || (current && age > ROTATE_AFTER_MS));
  const next = due ? await database.transaction((trx) => exchange(trx, session, late)) : undefined;
  const arrives = current && !session.arrived;
  if (!due && (arrives || now - session.last_seen_at.getTime() > SEEN_EVERY_MS)) {
    const arrived = arrives || session.arrived;
    await sql`
      update sessions set last_seen_at = now(), arrived = ${arrived}
      where id = ${session.id} and sha256 = ${session.sha256}`.execute(kysely);
  }
  // In another organisation they have to say so: what was meant for this one must not be done there.
  const membership = await membershipOf(kysely, session.user_id, session.organization_id);
  if (!membership) throw signedOut();
  const { organizationId, organizationName, role } = membership;
  return {
    sessionId: session.id,
    userId: session.user_id,
    organizationId,
    organizationName,
    role,
    projectRoles: await projectRolesOf(kysely, session.user_id, organizationId),
    csrfToken: session.csrf_token,
    newToken: next,
  };
}

/**
 * @param again whether the successor was lost: the token before stays the one before
 * @returns undefined when another request was faster
 */
async function exchange(trx: AuthTrx, session: SessionRow, again: boolean): Promise<string | undefined> {
  const token = newToken('mqs');
  const { numUpdatedRows } = await trx
    .updateTable('sessions')
    .set({
      sha256: hashToken(token),
      previous_sha256: again ? session.previous_sha256 : session.sha256,
      lost_sha256: again ? session.sha256 : null,
      arrived: false,
      rotated_at: sql<Date>`now()`,
      last_seen_at: sql<Date>`now()`,
    })
    .where('id', '=', session.id)
    .where('sha256', '=', session.sha256)
    .executeTakeFirst();
  return numUpdatedRows > 0n ? token : undefined;
}

async function endStolen(trx: AuthTrx, session: SessionRow): Promise<void> {
  await sql`update sessions set revoked_at = coalesce(revoked_at, now()) where id = ${session.id}`.execute(trx);
  await revokeTokens(trx, [session.id]);
  await audit(trx, {
    organizationId: session.organization_id,
    action: 'reuseSessionToken',
    subject: { type: 'session', id: session.id },
    outcome: 'refused',
    actor: { kind: 'user', id: session.user_id, credentialId: session.id },
  });
}

function same(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
