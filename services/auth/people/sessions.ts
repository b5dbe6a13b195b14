import { randomBytes } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { newId, type OrganizationId, type SessionId, type UserId } from '#contracts/ids/ids.ts';
import { type SignedIn, type SignInSession, sessionState, signedInState } from '#contracts/rest/resources/sign-in.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { currentContext } from '#platform/telemetry/context.ts';
import { audit } from '../audit.ts';
import { organizationNotFound, sessionNotFound, signedOut } from '../errors.ts';
import { membershipOf } from '../organizations/memberships.ts';
import { projectRolesOf } from '../organizations/project-roles.ts';
import { hashToken, newToken } from '../random-token.ts';
import type { AuthReader, AuthTrx, SessionsTable } from '../tables.ts';
import { revokeTokens } from '../tokens/revocations.ts';
import { readUser, toUser } from './users.ts';

/** How long sessions last. */
export interface SessionSettings {
  /** Without a request. */
  idleHours: number;
  /** In all. */
  hours: number;
}

export type SessionRow = Selectable<SessionsTable>;

/** Sessions of one person at once; the one that was not seen for longest goes. */
const MOST_SESSIONS = 50;
const USER_AGENT_LENGTH = 300;

/** Signs a person in. @returns the token for the cookie, which is nowhere else */
export async function startSession(
  trx: AuthTrx,
  input: { userId: UserId; organizationId: OrganizationId; userAgent: string; how: string },
): Promise<{ sessionId: SessionId; token: string }> {
  const { userId, organizationId, how } = input;
  const token = newToken('mqs');
  const sessionId = newId('session');
  await trx
    .insertInto('sessions')
    .values({
      id: sessionId,
      user_id: userId,
      organization_id: organizationId,
      sha256: hashToken(token),
      previous_sha256: null,
      csrf_token: randomBytes(32).toString('base64url'),
      address: currentContext()?.caller?.address ?? null,
      user_agent: input.userAgent.slice(0, USER_AGENT_LENGTH) || null,
    })
    .execute();
  const { rows: gone } = await sql<{ id: SessionId }>`
    delete from sessions where user_id = ${userId} and id not in (
      select id from sessions where user_id = ${userId} and revoked_at is null
      order by last_seen_at desc, id desc limit ${MOST_SESSIONS})
    returning id`.execute(trx);
  await revokeTokens(
    trx,
    gone.map(({ id }) => id),
  );
  await audit(trx, {
    organizationId,
    action: 'signIn',
    subject: { type: 'session', id: sessionId },
    details: { how },
    actor: { kind: 'user', id: userId, credentialId: sessionId },
  });
  return { sessionId, token };
}

/** The conditions under which a session counts. */
export function sessionLives(settings: SessionSettings) {
  return sql<boolean>`revoked_at is null
    and last_seen_at > now() - make_interval(hours => ${settings.idleHours})
    and created_at > now() - make_interval(hours => ${settings.hours})`;
}

/** What the web client knows of a session. @throws MaquetteError `unauthenticated` when it has ended */
export async function signedInOf(db: AuthReader, id: SessionId, settings: SessionSettings): Promise<SignedIn> {
  const session = await db
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', id)
    .where(sessionLives(settings))
    .executeTakeFirst();
  if (!session) throw signedOut();
  const user = await readUser(db, session.user_id);
  const membership = await membershipOf(db, session.user_id, session.organization_id);
  if (!membership) throw signedOut();
  return {
    user: toUser(user),
    organization: { id: session.organization_id, name: membership.organizationName },
    role: membership.role,
    projectRoles: await projectRolesOf(db, session.user_id, session.organization_id),
    session: toSession(session, id, settings),
    csrfToken: session.csrf_token,
  };
}

/** A person's sessions that have not ended, newest first. */
export async function listSessions(
  db: AuthReader,
  userId: UserId,
  asking: SessionId | undefined,
  settings: SessionSettings,
): Promise<SignInSession[]> {
  const rows = await db
    .selectFrom('sessions')
    .selectAll()
    .where('user_id', '=', userId)
    .where(sessionLives(settings))
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => toSession(row, asking, settings));
}

/** One of a person's sessions that have not ended. @throws MaquetteError `not_found` */
export async function readSession(
  db: AuthReader,
  userId: UserId,
  id: SessionId,
  asking: SessionId,
  settings: SessionSettings,
): Promise<SignInSession> {
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where(sessionLives(settings))
    .executeTakeFirst();
  if (!row) throw sessionNotFound(id);
  return toSession(row, asking, settings);
}

/**
 * Ends a session; again is harmless.
 *
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found` when it is not one of the person, `precondition_failed`
 */
export async function revokeSession(
  trx: AuthTrx,
  userId: UserId,
  id: SessionId,
  ifMatch: string | undefined,
): Promise<void> {
  const row = await holdSession(trx, userId, id);
  if (!row) throw sessionNotFound(id);
  requireMatch(ifMatch, sessionState({ id, createdAt: row.created_at.toISOString() }));
  await trx
    .updateTable('sessions')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
    .where('id', '=', id)
    .execute();
  await revokeTokens(trx, [id]);
  const subject = { type: 'session', id };
  await audit(trx, { organizationId: row.organization_id, action: 'revokeSession', subject });
}

/** Ends all sessions of a person, but one that goes on. */
export async function revokeSessions(trx: AuthTrx, userId: UserId, but?: SessionId): Promise<void> {
  const ended = await trx
    .updateTable('sessions')
    .set({ revoked_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .$if(but !== undefined, (query) => query.where('id', '!=', but as SessionId))
    .returning('id')
    .execute();
  await revokeTokens(
    trx,
    ended.map(({ id }) => id),
  );
}

/** Ends the sessions of a person that work in an organisation. */
export async function endSessionsIn(trx: AuthTrx, userId: UserId, organizationId: OrganizationId): Promise<void> {
  const ended = await trx
    .updateTable('sessions')
    .set({ revoked_at: sql<Date>`now()` })
    .where('user_id', '=', userId)
    .where('organization_id', '=', organizationId)
    .where('revoked_at', 'is', null)
    .returning('id')
    .execute();
  await revokeTokens(
    trx,
    ended.map(({ id }) => id),
  );
}

/**
 * Lets a session work in another of the person's organisations.
 *
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found`, `precondition_failed`
 */
export async function selectOrganization(
  trx: AuthTrx,
  userId: UserId,
  id: SessionId,
  organizationId: OrganizationId,
  ifMatch: string | undefined,
): Promise<void> {
  if (!(await membershipOf(trx, userId, organizationId))) throw organizationNotFound(organizationId);
  const session = await holdSession(trx, userId, id);
  if (!session) throw signedOut();
  requireMatch(ifMatch, signedInState({ session: { id }, organization: { id: session.organization_id } }));
  await trx.updateTable('sessions').set({ organization_id: organizationId }).where('id', '=', id).execute();
  await audit(trx, { organizationId, action: 'selectOrganization', subject: { type: 'session', id } });
}

/** Deletes sessions that ended long ago. */
export async function pruneSessions(db: AuthReader, settings: SessionSettings): Promise<void> {
  await sql`delete from sessions where not (${sessionLives(settings)}) and last_seen_at < now() - interval '30 days'`.execute(
    db,
  );
}

function holdSession(trx: AuthTrx, userId: UserId, id: SessionId): Promise<SessionRow | undefined> {
  return trx
    .selectFrom('sessions')
    .selectAll()
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
}

function toSession(row: SessionRow, asking: SessionId | undefined, settings: SessionSettings): SignInSession {
  const hour = 3_600_000;
  const idle = row.last_seen_at.getTime() + settings.idleHours * hour;
  const absolute = row.created_at.getTime() + settings.hours * hour;
  return {
    id: row.id,
    createdAt: row.created_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    expiresAt: new Date(Math.min(idle, absolute)).toISOString(),
    address: row.address,
    userAgent: row.user_agent,
    current: row.id === asking,
  };
}
