import { hash } from 'node:crypto';
import type { Client } from '@connectrpc/connect';
import { isKeyScope, type Scope, scopesOf } from '#contracts/access/policy.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { AuthService } from '#contracts/generated/auth_pb.js';
import type { PeopleService } from '#contracts/generated/people_pb.js';
import type { OrganizationId, UserId } from '#contracts/ids/ids.ts';
import { SignedIn } from '#contracts/rest/resources/sign-in.ts';
import type { RateLimits } from '../rate-limits/rate-limits.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Credentials } from './credentials.ts';
import { keyMissing, scopeMissing } from './errors.ts';
import { type Principal, principalFrom, projectRolesFrom } from './principal.ts';

/** Who somebody turned out to be. */
export interface Authenticated {
  principal: Principal;
  /** Of a session: what its changes have to bear, and the token from now on when it was exchanged. */
  session?: { csrfToken: string; newToken: string | undefined };
}

export interface Authenticator {
  /**
   * Who stands behind the credentials of a request.
   *
   * @param rotate whether a new token of a session can be handed on
   * @throws MaquetteError `unauthenticated`, or `unavailable` when nobody can tell at the moment.
   */
  authenticate(credentials: Credentials, rotate?: boolean): Promise<Authenticated>;
  /** What `authenticate` would answer without asking anybody; undefined when it would have to ask. */
  remembered(credentials: Credentials, rotate?: boolean): Authenticated | undefined;
  /**
   * Who they are now, for a stream that goes on: of a session by its id, because its token was exchanged meanwhile.
   * @throws MaquetteError as `authenticate`
   */
  renew(credentials: Credentials, principal: Principal): Promise<Principal>;
  /** Forgets what is known of a key, session or person, so that its end counts at once in this process. */
  forget(id: string): void;
  /** Forgets what is known of a member of an organisation, and of its keys, some of which were theirs. */
  forgetMember(userId: UserId, organizationId: OrganizationId): void;
}

/** What the authenticator asks. */
export interface IdentityClients {
  auth: Client<typeof AuthService>;
  people: Client<typeof PeopleService>;
  accessTokens: AccessTokens;
}

/** How long an answer of the auth service counts: a revoked key works for at most so long. */
const TTL_MS = 5000;
/** Credentials remembered at once. */
const CAPACITY = 10_000;

/** What of a session says what somebody may do, and where. */
const STANDING = SignedIn.pick({ organization: true, role: true, projectRoles: true });

interface Remembered {
  answer: Promise<Authenticated>;
  /** Once it has come. */
  found: Authenticated | undefined;
  until: number;
  /** Whose end makes it forgotten. */
  ids: (string | null)[];
}

/** Asks the auth service, and remembers its answers for a moment by the SHA-256 of the secret. */
export function createAuthenticator(
  clients: IdentityClients,
  options: { ttlMs?: number; capacity?: number; now?: () => number } = {},
): Authenticator {
  const { ttlMs = TTL_MS, capacity = CAPACITY, now = Date.now } = options;
  const known = new Map<string, Remembered>();
  /** What is still being asked may be answered as it was before: that is not remembered either. */
  const drop = (ended: readonly string[]) => {
    for (const [name, { found, ids }] of known) {
      if (found === undefined || ids.some((id) => id !== null && ended.includes(id))) known.delete(name);
    }
  };

  const authenticator: Authenticator = {
    async authenticate(credentials, rotate = false) {
      const name = nameOf(credentials, rotate);
      const remembered = known.get(name);
      if (remembered && remembered.until > now()) return remembered.answer;
      const answer = ask(clients, credentials, rotate);
      const entry: Remembered = { answer, found: undefined, until: now() + ttlMs, ids: [] };
      known.delete(name);
      known.set(name, entry);
      // A refusal is not remembered: guesses would push out the keys in use.
      answer.then(
        (found) => {
          const { principal } = found;
          entry.found = found;
          const { apiKeyId, sessionId, userId, serviceAccountId } = principal;
          entry.ids = [apiKeyId, sessionId, userId, serviceAccountId, apiKeyId && principal.organizationId];
        },
        () => {
          if (known.get(name) === entry) known.delete(name);
        },
      );
      if (known.size > capacity) known.delete(known.keys().next().value as string);
      return answer;
    },
    remembered(credentials, rotate = false) {
      const entry = known.get(nameOf(credentials, rotate));
      return entry && entry.until > now() ? entry.found : undefined;
    },
    async renew(credentials, principal) {
      if (credentials.kind !== 'session') return (await authenticator.authenticate(credentials)).principal;
      const { json } = await clients.people.getSignedIn({ sessionId: principal.sessionId ?? '' });
      const { organization, role, projectRoles } = STANDING.parse(JSON.parse(json));
      // What they may do in the one that they have gone over to says nothing of the one that they listen to.
      if (organization.id !== principal.organizationId) throw keyMissing('The session works in another organisation.');
      return { ...principal, role, scopes: new Set(scopesOf(role)), projectRoles: projectRolesFrom(projectRoles) };
    },
    forget(id) {
      clients.accessTokens.revoke(id);
      drop([id]);
    },
    forgetMember(userId, organizationId) {
      clients.accessTokens.revoke(userId);
      drop([userId, organizationId]);
    },
  };
  return authenticator;
}

/** Under which an answer is remembered: nothing that a secret could be read from. */
function nameOf({ secret }: Credentials, rotate: boolean): string {
  return hash('sha256', `${rotate} ${secret}`, 'base64');
}

async function ask(
  { auth, people, accessTokens }: IdentityClients,
  { kind, secret }: Credentials,
  rotate: boolean,
): Promise<Authenticated> {
  switch (kind) {
    case 'key': {
      const { principal } = await auth.authenticate({ apiKey: secret });
      if (!principal) throw keyMissing('The API key is not valid.');
      return { principal: principalFrom(principal) };
    }
    case 'session': {
      const { principal, csrfToken, newToken } = await people.authenticateSession({ token: secret, rotate });
      if (!principal) throw keyMissing('The session is over.');
      return { principal: principalFrom(principal), session: { csrfToken, newToken: newToken || undefined } };
    }
    case 'token':
      return { principal: await accessTokens.verify(secret) };
  }
}

/**
 * Who stands behind the credentials of a request. Those that are none count against the address that they came from.
 *
 * @param credentials reads those of the request
 * @param rotate whether a new token of a session can be handed on
 * @throws MaquetteError as `Authenticator.authenticate`
 * @throws RateLimited when too many came from there
 */
export async function authenticateFrom(
  { authenticator, rateLimits }: { authenticator: Authenticator; rateLimits: RateLimits },
  address: string,
  credentials: () => Credentials,
  rotate = false,
): Promise<Authenticated> {
  return countingFailures(rateLimits, address, async () => authenticator.authenticate(credentials(), rotate));
}

/**
 * Does what proves who somebody is. What proves nothing counts against the address that it came from.
 * @throws RateLimited when too many came from there
 */
export async function countingFailures<T>(
  rateLimits: RateLimits,
  address: string,
  prove: () => Promise<T>,
): Promise<T> {
  rateLimits.admit(address);
  return noteFailure(rateLimits, address, prove);
}

/**
 * The same for what somebody may guess, and is slow to check, such as a password: those that are under way count as well.
 * @throws RateLimited when too many came from there
 */
export async function countingGuesses<T>(rateLimits: RateLimits, address: string, prove: () => Promise<T>): Promise<T> {
  rateLimits.admit(address);
  const over = rateLimits.guess(address);
  try {
    return await noteFailure(rateLimits, address, prove);
  } finally {
    over();
  }
}

async function noteFailure<T>(rateLimits: RateLimits, address: string, prove: () => Promise<T>): Promise<T> {
  try {
    return await prove();
  } catch (thrown) {
    if (thrown instanceof MaquetteError && thrown.code === 'unauthenticated') rateLimits.failed(address);
    throw thrown;
  }
}

/**
 * Refuses a principal without the scope of an operation: by the role that they have, or by the scopes of their key.
 * @throws MaquetteError `forbidden`
 */
export function requireScope(principal: Principal, scope: Scope): void {
  if (!hasScope(principal, scope)) throw scopeMissing(scope, principal);
}

/** Whether a principal has the scope of an operation, wherever it is done. */
export function hasScope(principal: Principal, scope: Scope): boolean {
  if (scope === 'public' || scope === 'authenticated') return true;
  return isKeyScope(scope) && principal.scopes.has(scope);
}
