import type { Caller } from '#contracts/access/caller.ts';
import { KEY_SCOPES, type KeyScope, scopesOf, scopesWithin } from '#contracts/access/policy.ts';
import { Role, roleReaches } from '#contracts/access/roles.ts';
import type { Principal as PrincipalMessage } from '#contracts/generated/auth_pb.js';
import type { ApiKeyId, OrganizationId, ProjectId, ServiceAccountId, SessionId, UserId } from '#contracts/ids/ids.ts';
import { peopleOnly } from './errors.ts';

/** Who asks, and what they may do. */
export interface Principal {
  organizationId: OrganizationId;
  organizationName: string;
  /** The key that was used, or of which the token was made. */
  apiKeyId: ApiKeyId | null;
  serviceAccountId: ServiceAccountId | null;
  /** The person, when one is signed in. */
  userId: UserId | null;
  sessionId: SessionId | null;
  role: Role;
  /** What they may do in the whole organisation: the scopes of the key or token within those of its role. */
  scopes: ReadonlySet<KeyScope>;
  /** What the key or token was made for, wherever; null for a person, who may do all that their roles allow. */
  granted: ReadonlySet<KeyScope> | null;
  /** The person's roles in projects, where they have one of their own. */
  projectRoles: ReadonlyMap<ProjectId, Role>;
  /** Whether a test key asks: its organisation is the test side of another. */
  test: boolean;
  /** Whether they came by an access token. */
  token: boolean;
}

/** A person who is signed in. */
export interface Person extends Principal {
  userId: UserId;
  sessionId: SessionId;
}

/** What the auth service says of somebody. A person has all scopes of their role. */
export function principalFrom(message: PrincipalMessage): Principal {
  const role = Role.parse(message.role);
  const person = message.sessionId !== '' && message.scopes.length === 0;
  return {
    organizationId: message.organizationId as OrganizationId,
    organizationName: message.organizationName,
    apiKeyId: (message.apiKeyId || null) as ApiKeyId | null,
    serviceAccountId: (message.serviceAccountId || null) as ServiceAccountId | null,
    userId: (message.userId || null) as UserId | null,
    sessionId: (message.sessionId || null) as SessionId | null,
    role,
    scopes: new Set(person ? scopesOf(role) : scopesWithin(role, message.scopes)),
    granted: person ? null : new Set(scopesWithin('owner', message.scopes)),
    projectRoles: projectRolesFrom(message.projectRoles),
    test: message.test,
    token: false,
  };
}

/** Roles in projects, as they come over a wire. */
export function projectRolesFrom(roles: Record<string, string>): ReadonlyMap<ProjectId, Role> {
  return new Map(Object.entries(roles).map(([id, own]) => [id as ProjectId, Role.parse(own)] as const));
}

/** What somebody is in a project: the stronger of the two roles counts. */
export function roleIn({ role, projectRoles }: Pick<Principal, 'role' | 'projectRoles'>, id: ProjectId): Role {
  const own = projectRoles.get(id);
  return own !== undefined && roleReaches(own, role) ? own : role;
}

/**
 * The person who asks, for what concerns their account. An access token was made for scopes of the API, of which their
 * account is none: whoever got one to read models must not leave an organisation by it.
 *
 * @throws MaquetteError `forbidden` when it is a key or a token
 */
export function personOf(principal: Principal): Person {
  const { userId, sessionId, token } = principal;
  if (userId === null || sessionId === null || token) throw peopleOnly();
  return { ...principal, userId, sessionId };
}

/** What the services write into the audit log. */
export function callerOf(principal: Principal, address: string): Caller {
  const { organizationId, role, userId, serviceAccountId, apiKeyId, sessionId } = principal;
  const credentialId = apiKeyId ?? sessionId;
  const known = { credentialId, organizationId, role, address };
  if (userId !== null) return { kind: 'user', id: userId, ...known };
  if (serviceAccountId !== null) return { kind: 'serviceAccount', id: serviceAccountId, ...known };
  return { kind: 'apiKey', id: apiKeyId, ...known };
}

/** Whose bucket of the rate limits a request comes out of. */
export function rateClientOf({ apiKeyId, userId, organizationId }: Principal): string {
  return apiKeyId ?? userId ?? organizationId;
}

/** The scopes of a principal in the order of the policy table. */
export function scopeList({ scopes }: Principal): KeyScope[] {
  return KEY_SCOPES.filter((scope) => scopes.has(scope));
}
