import { sql } from 'kysely';
import type { Role } from '#contracts/access/roles.ts';
import type { InvitationId, OrganizationId, ProjectId, SessionId, UserId } from '#contracts/ids/ids.ts';
import { audit } from '../audit.ts';
import { identityRefused } from '../errors.ts';
import { joinAsInvited } from '../organizations/join.ts';
import { firstMembership, insertMembership } from '../organizations/memberships.ts';
import { firstOrganization } from '../store/organizations.ts';
import type { AuthDatabase, AuthReader, AuthTrx } from '../tables.ts';
import { dropPassword } from './change-password.ts';
import { enter } from './sign-in.ts';
import { findUserByEmail, insertUser } from './users.ts';

/** Who may join by an OpenID provider without an invitation. */
export interface IdentityPolicy {
  /** Domains of verified addresses whose owners become members of the first organisation; none: by invitation alone. */
  joinDomains: readonly string[];
  /** What they become. */
  joinRole: Role;
}

/** What a provider says of a person, checked. */
export interface Identity {
  issuer: string;
  subject: string;
  email: string | undefined;
  emailVerified: boolean;
  name: string | undefined;
}

/**
 * Signs a person in whom an OpenID provider vouches for. Issuer and subject name the account; at the first time a verified
 * address links it to a person who is known by it. A new person needs an open invitation to the verified address, or one
 * of the domains that may join. Open invitations to a verified address count as accepted.
 *
 * An address that the provider has not verified links nothing: anybody could have typed it. And a password was chosen by
 * whoever had an invitation to the address, from organisations that the person was in before: with the first step into
 * another one it ends, with the sessions that were had by it.
 *
 * @throws MaquetteError `forbidden` when the policy lets the person not in
 */
export async function signInByIdentity(
  database: AuthDatabase,
  identity: Identity & { userAgent: string },
  policy: IdentityPolicy,
): Promise<{ sessionId: SessionId; token: string }> {
  return database.transaction(async (trx) => {
    const { issuer, subject } = identity;
    // Who comes back twice at once is the same person: the second one finds them.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`maquette identity ${issuer} ${subject}`}, 0))`.execute(
      trx,
    );
    const verified = identity.emailVerified ? identity.email : undefined;
    const userId = (await linkedUser(trx, identity)) ?? (await linkByEmail(trx, identity, verified, policy));
    if (verified !== undefined && (await acceptInvitations(trx, userId, verified))) await dropPassword(trx, userId);
    return enter(trx, { id: userId }, identity.userAgent, 'oidc');
  });
}

async function linkedUser(db: AuthReader, { issuer, subject }: Identity): Promise<UserId | undefined> {
  const row = await db
    .selectFrom('identities')
    .select('user_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.user_id;
}

async function linkByEmail(
  trx: AuthTrx,
  identity: Identity,
  verified: string | undefined,
  policy: IdentityPolicy,
): Promise<UserId> {
  if (verified === undefined) throw identityRefused('the provider has not verified the address');
  const known = await findUserByEmail(trx, verified);
  const userId = known?.id ?? (await newPerson(trx, identity, verified, policy));
  const { issuer, subject } = identity;
  await trx.insertInto('identities').values({ issuer, subject, user_id: userId }).execute();
  const organizationId = (await firstMembership(trx, userId))?.organizationId ?? null;
  const actor = { kind: 'user', id: userId, credentialId: null } as const;
  await audit(trx, {
    organizationId,
    action: 'linkIdentity',
    subject: { type: 'user', id: userId },
    actor,
    details: { issuer },
  });
  return userId;
}

async function newPerson(trx: AuthTrx, identity: Identity, email: string, policy: IdentityPolicy): Promise<UserId> {
  const invited = (await openInvitations(trx, email)).length > 0;
  const domain = email.split('@').at(-1)?.toLowerCase() ?? '';
  const joins = policy.joinDomains.includes(domain);
  if (!invited && !joins) throw identityRefused('nobody has invited the address');
  const made = await insertUser(trx, { email, name: identity.name ?? email, passwordHash: null });
  const id = (made ?? (await findUserByEmail(trx, email)))?.id;
  if (id === undefined) throw identityRefused('the address was taken at the same moment');
  // Whatever other organisation has invited the address, too: it must not have all newcomers of the domain for itself.
  if (made && joins) {
    const organizationId = await firstOrganization(trx, 'Maquette');
    await insertMembership(trx, { organizationId, userId: id, role: policy.joinRole });
  }
  return id;
}

/** @returns whether the person came into an organisation by it */
async function acceptInvitations(trx: AuthTrx, userId: UserId, email: string): Promise<boolean> {
  let joined = false;
  for (const { id, organization_id: organizationId, project_id: projectId, role } of await openInvitations(
    trx,
    email,
  )) {
    await trx.updateTable('invitations').set({ accepted_at: new Date() }).where('id', '=', id).execute();
    joined = (await joinAsInvited(trx, userId, { organizationId, projectId, role })) || joined;
    const actor = { kind: 'user', id: userId, credentialId: null } as const;
    const subject = { type: 'invitation', id };
    await audit(trx, {
      organizationId,
      action: 'acceptInvitation',
      subject,
      actor,
      details: { role, ...(projectId !== null && { projectId }) },
    });
  }
  return joined;
}

async function openInvitations(
  trx: AuthTrx,
  email: string,
): Promise<{ id: InvitationId; organization_id: OrganizationId; project_id: ProjectId | null; role: Role }[]> {
  const rows = await trx
    .selectFrom('invitations')
    .select(['id', 'organization_id', 'project_id', 'role', 'email'])
    .where('accepted_at', 'is', null)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', new Date())
    .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', email.toLowerCase()))
    .forUpdate()
    .execute();
  return rows;
}
