import { createHash } from 'node:crypto';
import type { Client } from '@connectrpc/connect';
import { isKeyScope, type KeyScope, type Scope, scopesWithin } from '#contracts/access/policy.ts';
import { Role } from '#contracts/access/roles.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { AuthService, Principal as PrincipalMessage } from '#contracts/generated/auth_pb.js';
import type { ApiKeyId, OrganizationId } from '#contracts/ids/ids.ts';
import { keyMissing, scopeMissing } from './errors.ts';
import type { RateLimits } from './rate-limits/rate-limits.ts';

/** Who asks, and what they may do. */
export interface Principal {
  organizationId: OrganizationId;
  organizationName: string;
  apiKeyId: ApiKeyId | null;
  role: Role;
  /** Those of the key within those of its role. */
  scopes: ReadonlySet<KeyScope>;
}

export interface Authenticator {
  /**
   * Who stands behind an API key.
   * @throws MaquetteError `unauthenticated`, or `unavailable` when nobody can tell at the moment.
   */
  authenticate(key: string): Promise<Principal>;
  /** Forgets what is known of a key, so that its end counts at once in this process. */
  forget(apiKeyId: ApiKeyId): void;
}

/** How long an answer of the auth service counts: a revoked key works for at most so long. */
const TTL_MS = 5000;
/** Keys remembered at once. */
const CAPACITY = 10_000;
/** What cannot be a key is refused without asking anybody. */
const KEY_FORM = /^mq_(?:live|test)_[A-Za-z0-9]{24,200}$/;

/** Asks the auth service, and remembers its answers for a moment by the SHA-256 of the key. */
export function createAuthenticator(
  auth: Client<typeof AuthService>,
  options: { ttlMs?: number; capacity?: number; now?: () => number } = {},
): Authenticator {
  const { ttlMs = TTL_MS, capacity = CAPACITY, now = Date.now } = options;
  const known = new Map<string, { answer: Promise<Principal>; until: number; apiKeyId?: ApiKeyId | null }>();

  return {
    authenticate(key) {
      if (!KEY_FORM.test(key)) return Promise.reject(keyMissing('What the request bears is not an API key.'));
      const name = createHash('sha256').update(key).digest('base64');
      const remembered = known.get(name);
      if (remembered && remembered.until > now()) return remembered.answer;
      const answer = auth.authenticate({ apiKey: key }).then(({ principal }) => {
        if (!principal) throw keyMissing('The API key is not valid.');
        return fromMessage(principal);
      });
      const entry: { answer: Promise<Principal>; until: number; apiKeyId?: ApiKeyId | null } = {
        answer,
        until: now() + ttlMs,
      };
      known.delete(name);
      known.set(name, entry);
      // A refusal is not remembered: guesses would push out the keys in use.
      answer.then(
        (principal) => {
          entry.apiKeyId = principal.apiKeyId;
        },
        () => {
          if (known.get(name) === entry) known.delete(name);
        },
      );
      if (known.size > capacity) known.delete(known.keys().next().value as string);
      return answer;
    },
    forget(apiKeyId) {
      for (const [name, entry] of known) if (entry.apiKeyId === apiKeyId) known.delete(name);
    },
  };
}

/**
 * Who stands behind the key of a request. Keys that are none count against the address that they came from.
 *
 * @param key reads the key of the request
 * @throws MaquetteError as `Authenticator.authenticate`
 * @throws RateLimited when too many came from there
 */
export async function authenticateFrom(
  { authenticator, rateLimits }: { authenticator: Authenticator; rateLimits: RateLimits },
  address: string,
  key: () => string,
): Promise<Principal> {
  rateLimits.admit(address);
  try {
    return await authenticator.authenticate(key());
  } catch (thrown) {
    if (thrown instanceof MaquetteError && thrown.code === 'unauthenticated') rateLimits.failed(address);
    throw thrown;
  }
}

/**
 * The key of an `Authorization` header.
 * @throws MaquetteError `unauthenticated`
 */
export function bearerKey(header: string | undefined): string {
  if (header === undefined) throw keyMissing();
  const match = /^Bearer +([^ ]+) *$/i.exec(header);
  if (!match?.[1]) throw keyMissing('The Authorization header is not of the form `Bearer …`.');
  return match[1];
}

/**
 * Refuses a principal without the scope of an operation: by the role that they have, or by the scopes of their key.
 * @throws MaquetteError `forbidden`
 */
export function requireScope(principal: Principal, scope: Scope): void {
  if (scope === 'public' || scope === 'authenticated') return;
  if (!isKeyScope(scope) || !principal.scopes.has(scope)) throw scopeMissing(scope, principal);
}

function fromMessage(message: PrincipalMessage): Principal {
  const role = Role.parse(message.role);
  return {
    organizationId: message.organizationId as OrganizationId,
    organizationName: message.organizationName,
    apiKeyId: message.apiKeyId === '' ? null : (message.apiKeyId as ApiKeyId),
    role,
    scopes: new Set(scopesWithin(role, message.scopes)),
  };
}
