import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import {
  type AccessTokenClaims,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_SECONDS,
  TOKEN_TYPE,
} from '#contracts/access/access-token.ts';
import { KEY_SCOPES, type KeyScope, roleHas, scopesWithin } from '#contracts/access/policy.ts';
import { type Role, roleReaches } from '#contracts/access/roles.ts';
import type { ApiKeyId, OrganizationId, ProjectId, SessionId, UserId } from '#contracts/ids/ids.ts';
import { asSystem } from '#platform/database/tenant-scope.ts';
import type { Sealer } from '#platform/secrets/sealer.ts';
import { roleOfKey } from '../api-keys.ts';
import { audit } from '../audit.ts';
import { scopesExceeded, signedOut, tooManyProjects, unauthenticated } from '../errors.ts';
import { membershipOf } from '../organizations/memberships.ts';
import { readOrganization } from '../organizations/organizations.ts';
import { projectRolesOf } from '../organizations/project-roles.ts';
import { findApiKey } from '../store/api-keys.ts';
import { homeOf } from '../store/organizations.ts';
import type { AuthDatabase, AuthReader } from '../tables.ts';
import { currentKey } from './signing-keys.ts';

/** Projects that a token can name: it has to fit into a header. */
const MOST_PROJECTS = 100;

/** Of what a token is made: a key, or the session of a person. The organisation of a test key is the test side of its own. */
export type TokenSource = { organizationId: OrganizationId } & (
  | { kind: 'key'; apiKeyId: ApiKeyId }
  | { kind: 'session'; sessionId: SessionId; userId: UserId }
);

/** What a source may do now. */
interface Rights {
  sub: AccessTokenClaims['sub'];
  role: Role;
  /** In the organisation, or in one of the projects that the claims name. */
  scopes: KeyScope[];
  /** The source itself ends then. */
  until: Date | null;
  claims: Partial<AccessTokenClaims>;
}

/**
 * Makes an access token: a JWT (RFC 9068) signed with Ed25519 (RFC 8037). The rights are read anew, so that a token never
 * says more than its source may do at that moment.
 *
 * @param scopes a part of what the source may do; all of it when empty
 * @throws MaquetteError `unauthenticated` (the source has ended), `forbidden` (scopes that it does not have)
 */
export async function issueToken(
  deps: { database: AuthDatabase; sealer: Sealer; issuer: string },
  source: TokenSource,
  scopes: readonly string[],
): Promise<{ token: string; expiresInSeconds: number; scopes: KeyScope[] }> {
  const { database, sealer, issuer } = deps;
  const { kysely } = database;
  // The database's clock, by which revocations are noted; read before the rights, so that none falls in between.
  const { rows } = await sql<{ now: number }>`select extract(epoch from clock_timestamp())::float8 as now`.execute(
    kysely,
  );
  const iat = rows[0]?.now ?? Date.now() / 1000;
  const rights = source.kind === 'key' ? await rightsOfKey(kysely, source) : await rightsOfSession(kysely, source);
  const exceeded = scopes.filter((scope) => !(rights.scopes as string[]).includes(scope));
  if (exceeded.length > 0) throw scopesExceeded(exceeded);
  const granted = scopes.length === 0 ? rights.scopes : rights.scopes.filter((scope) => scopes.includes(scope));
  const left = rights.until === null ? TOKEN_SECONDS : rights.until.getTime() / 1000 - iat;
  const expiresInSeconds = Math.max(1, Math.floor(Math.min(TOKEN_SECONDS, left)));
  const { organizationId } = source;
  const { name } = await readOrganization(kysely, organizationId);
  const claims: AccessTokenClaims = {
    sub: rights.sub,
    iat,
    scope: granted.join(' '),
    org: organizationId,
    org_name: name,
    role: rights.role,
    ...rights.claims,
  };
  // The server's own, which no organisation sees.
  const key = await asSystem(() => currentKey(database, sealer));
  const { importPKCS8, SignJWT } = await import('jose');
  const token = await new SignJWT({ ...claims, jti: randomUUID(), client_id: rights.claims.key ?? 'maquette' })
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid: key.kid, typ: TOKEN_TYPE })
    .setIssuer(issuer)
    .setAudience(TOKEN_AUDIENCE)
    .setExpirationTime(Math.ceil(iat + expiresInSeconds))
    .sign(await importPKCS8(key.privatePem, TOKEN_ALGORITHM));
  const home = await homeOf(kysely, organizationId);
  await audit(kysely, { organizationId: home, action: 'createToken', details: { scopes: granted } });
  return { token, expiresInSeconds, scopes: granted };
}

async function rightsOfKey(
  db: AuthReader,
  source: { organizationId: OrganizationId; apiKeyId: ApiKeyId },
): Promise<Rights> {
  const home = await homeOf(db, source.organizationId);
  const key = await findApiKey(db, home, source.apiKeyId);
  if (!key || key.revoked_at !== null || key.test !== (home !== source.organizationId)) throw unauthenticated();
  const role = await roleOfKey(db, key);
  const sub = key.service_account_id ?? key.id;
  const claims = { key: key.id, ...(key.test && { test: true as const }) };
  return { sub, role, scopes: scopesWithin(role, key.scopes), until: key.expires_at, claims };
}

async function rightsOfSession(
  db: AuthReader,
  source: { organizationId: OrganizationId; sessionId: SessionId; userId: UserId },
): Promise<Rights> {
  const { organizationId, userId, sessionId } = source;
  const membership = await membershipOf(db, userId, organizationId);
  if (!membership) throw signedOut();
  const { role } = membership;
  const all = Object.entries(await projectRolesOf(db, userId, organizationId)) as [ProjectId, Role][];
  // What is no stronger than the role everywhere says nothing.
  const stronger = all.filter(([, own]) => !roleReaches(role, own));
  if (stronger.length > MOST_PROJECTS) throw tooManyProjects(stronger.length, MOST_PROJECTS);
  const roles = [role, ...stronger.map(([, own]) => own)];
  const scopes = KEY_SCOPES.filter((scope) => roles.some((one) => roleHas(one, scope)));
  const projects = stronger.length === 0 ? {} : { projects: Object.fromEntries(stronger) };
  return { sub: userId, role, scopes, until: null, claims: { sid: sessionId, ...projects } };
}
