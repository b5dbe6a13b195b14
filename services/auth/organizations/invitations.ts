import { type Selectable, sql } from 'kysely';
import { type Role, roleReaches } from '#contracts/access/roles.ts';
import { type InvitationId, newId, type OrganizationId, type ProjectId, type SessionId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { Invitation, NewInvitation } from '#contracts/rest/resources/user.ts';
import { Password } from '#contracts/rest/resources/user.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { hashPassword } from '#platform/secrets/passwords.ts';
import { audit } from '../audit.ts';
import {
  alreadyMember,
  invalid,
  invitationInvalid,
  invitationNotFound,
  openInvitationNotFound,
  roleTooWeak,
} from '../errors.ts';
import { startSession } from '../people/sessions.ts';
import { checkPassword } from '../people/sign-in.ts';
import { findUserByEmail, insertUser } from '../people/users.ts';
import { hashToken, newToken } from '../random-token.ts';
import type { AuthDatabase, AuthReader, AuthTrx, InvitationsTable } from '../tables.ts';
import { revokeInvitation, whoInvites } from './invitation-rights.ts';
import { joinAsInvited } from './join.ts';
import { membershipOf } from './memberships.ts';

const VALID_DAYS = 7;

/**
 * Invites an address. The token is in the answer and nowhere else: there is no mail, whoever invites hands it over.
 * @throws MaquetteError `forbidden` (a role stronger than that of who asks), `conflict` (a member already, who is not invited
 * to a project)
 */
export async function createInvitation(
  trx: AuthTrx,
  input: {
    organizationId: OrganizationId;
    email: string;
    role: Role;
    /** The one project that a guest is invited to. */
    projectId: ProjectId | undefined;
    actorRole: Role;
  },
): Promise<NewInvitation> {
  const { organizationId, email, role, projectId, actorRole } = input;
  if (!roleReaches(actorRole, role)) throw roleTooWeak(role);
  // Who invites to a project may be a guest, who must not learn by it who the members are.
  const user = projectId === undefined ? await findUserByEmail(trx, email) : undefined;
  if (user && (await membershipOf(trx, user.id, organizationId))) throw alreadyMember(email);
  const inviter = await whoInvites(trx, organizationId);
  const token = newToken('mqi');
  const row = await trx
    .insertInto('invitations')
    .values({
      id: newId('invitation'),
      organization_id: organizationId,
      email,
      role,
      project_id: projectId ?? null,
      user_id: inviter,
      sha256: hashToken(token),
      expires_at: new Date(Date.now() + VALID_DAYS * 86_400_000),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const subject = { type: 'invitation', id: row.id };
  await audit(trx, { organizationId, action: 'createInvitation', subject, details: { email, role, projectId } });
  return { ...toInvitation(row), token };
}

/** Newest first. */
export async function listInvitations(
  db: AuthReader,
  organizationId: OrganizationId,
  request: PageRequest,
): Promise<Page<Invitation>> {
  const start = startOf('invitation', request);
  const rows = await db
    .selectFrom('invitations')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .$if(start !== null, (query) => query.where('id', '<', start as InvitationId))
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toInvitation);
}

/** One of any state. @throws MaquetteError `not_found` */
export async function readInvitation(
  db: AuthReader,
  organizationId: OrganizationId,
  id: InvitationId,
): Promise<Invitation> {
  const row = await selectInvitation(db, organizationId, id).executeTakeFirst();
  if (!row) throw invitationNotFound(id);
  return toInvitation(row);
}

/**
 * Revokes an invitation that somebody has read; again is harmless.
 *
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found`, also of one that was accepted; `precondition_failed`
 */
export async function revokeInvitationAsRead(
  trx: AuthTrx,
  organizationId: OrganizationId,
  id: InvitationId,
  ifMatch: string | undefined,
): Promise<void> {
  const row = await selectInvitation(trx, organizationId, id).forUpdate().executeTakeFirst();
  if (!row || row.accepted_at !== null) throw openInvitationNotFound(id);
  requireMatch(ifMatch, toInvitation(row));
  await revokeInvitation(trx, organizationId, id);
}

/**
 * Joins by an invitation, and signs in. A new person chooses name and password; the address of one who has an account
 * already counts only with the password of that.
 *
 * @throws MaquetteError `unauthenticated` (the token, or the password of a known account), `invalid_request`
 */
export async function acceptInvitation(
  database: AuthDatabase,
  input: { token: string; name: string | undefined; password: string; userAgent: string },
): Promise<{ sessionId: SessionId; token: string }> {
  const sha256 = hashToken(input.token);
  const invitation = await findOpen(database.kysely, sha256);
  if (!invitation) throw invitationInvalid();
  const known = await findUserByEmail(database.kysely, invitation.email);
  const user = known ? await checkPassword(database, invitation.email, input.password) : undefined;
  const { name } = input;
  if (!user && name === undefined) throw invalid('/body/name', 'is needed: the address is new here');
  if (!user && !Password.safeParse(input.password).success) throw invalid('/body/password', 'has 12 to 200 characters');
  const passwordHash = user ? null : await hashPassword(input.password);
  const accepted = await database.transaction(async (trx) => {
    const { organization_id: organizationId, project_id: projectId, role, email, id } = invitation;
    const person = user ?? (await insertUser(trx, { email, name: name ?? email, passwordHash }));
    if (!person) return undefined;
    const { numUpdatedRows } = await trx
      .updateTable('invitations')
      .set({ accepted_at: sql<Date>`now()` })
      .where('id', '=', id)
      .where('accepted_at', 'is', null)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw invitationInvalid();
    const { id: userId } = person;
    await joinAsInvited(trx, userId, { organizationId, projectId, role });
    const actor = { kind: 'user', id: userId, credentialId: null } as const;
    const subject = { type: 'invitation', id };
    await audit(trx, {
      organizationId,
      action: 'acceptInvitation',
      subject,
      actor,
      details: { role, ...(projectId !== null && { projectId }) },
    });
    return startSession(trx, { userId, organizationId, userAgent: input.userAgent, how: 'invitation' });
  });
  // They have accepted another invitation at the same moment: now they are known, by the password that they chose there.
  return accepted ?? acceptInvitation(database, input);
}

/** The open invitation with a token's hash. */
export async function findOpen(db: AuthReader, sha256: string): Promise<Selectable<InvitationsTable> | undefined> {
  return db
    .selectFrom('invitations')
    .selectAll()
    .where('sha256', '=', sha256)
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .executeTakeFirst();
}

function selectInvitation(db: AuthReader, organizationId: OrganizationId, id: InvitationId) {
  return db.selectFrom('invitations').selectAll().where('organization_id', '=', organizationId).where('id', '=', id);
}

function toInvitation(row: Selectable<InvitationsTable>): Invitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    projectId: row.project_id,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    acceptedAt: row.accepted_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  };
}
