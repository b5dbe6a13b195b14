import type { Client } from '@connectrpc/connect';
import type { CryptoKey, JWTHeaderParameters } from 'jose';
import {
  AccessTokenClaims,
  TOKEN_ALGORITHM,
  TOKEN_AUDIENCE,
  TOKEN_SECONDS,
  TOKEN_TYPE,
} from '#contracts/access/access-token.ts';
import { scopesWithin } from '#contracts/access/policy.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { TokenService } from '#contracts/generated/tokens_pb.js';
import type { ServiceAccountId, UserId } from '#contracts/ids/ids.ts';
import { keyMissing } from './errors.ts';
import { type Principal, projectRolesFrom } from './principal.ts';
import { createRevocationList, type RevocationList } from './revocation-list.ts';

/** Verifies access tokens without asking anybody, but for keys it does not know yet and, every few seconds, for what ended. */
export interface AccessTokens {
  /** @throws MaquetteError `unauthenticated`; `unavailable` when nobody can say what was revoked */
  verify(token: string): Promise<Principal>;
  /** Notes here, at once, that tokens made of something count no more. */
  revoke(subjectId: string): void;
}

/** An unknown key id asks for the keys again, at most so often: made-up ids must not make work. */
const KEYS_EVERY_MS = 10_000;

export function createAccessTokens(
  tokens: Client<typeof TokenService>,
  options: { issuer: string; now?: () => number },
): AccessTokens {
  const { issuer, now = Date.now } = options;
  const revocations = createRevocationList(tokens, now);
  const keyOf = createKeyFinder(tokens, now);

  return {
    async verify(token) {
      const { jwtVerify } = await import('jose');
      const { payload } = await jwtVerify(token, keyOf, {
        // Neither the algorithm nor the key is the token's to choose (RFC 8725).
        algorithms: [TOKEN_ALGORITHM],
        typ: TOKEN_TYPE,
        issuer,
        audience: TOKEN_AUDIENCE,
        requiredClaims: ['exp', 'iat', 'sub'],
        maxTokenAge: TOKEN_SECONDS,
        clockTolerance: 5,
        currentDate: new Date(now()),
      }).catch((error: unknown) => {
        if (error instanceof MaquetteError) throw error;
        throw keyMissing('The access token is not valid: it is expired, not for this API, or not signed by it.');
      });
      const claims = AccessTokenClaims.safeParse(payload);
      if (!claims.success) throw keyMissing('The access token lacks what it has to say.');
      await refuseRevoked(revocations, claims.data);
      return principalOfToken(claims.data);
    },
    revoke: (subjectId) => revocations.add(subjectId),
  };
}

async function refuseRevoked(revocations: RevocationList, { sub, key, sid, iat }: AccessTokenClaims): Promise<void> {
  for (const subject of [sub, key, sid]) {
    if (subject !== undefined && (await revocations.covers(subject, iat * 1000))) {
      throw keyMissing('The access token was revoked.');
    }
  }
}

function principalOfToken(claims: AccessTokenClaims): Principal {
  const { sub, org, org_name, role, scope, key, sid, projects = {}, test = false } = claims;
  const scopes = scope.split(' ');
  return {
    organizationId: org,
    organizationName: org_name,
    apiKeyId: key ?? null,
    serviceAccountId: sub.startsWith('sva_') ? (sub as ServiceAccountId) : null,
    userId: sub.startsWith('usr_') ? (sub as UserId) : null,
    sessionId: sid ?? null,
    role,
    scopes: new Set(scopesWithin(role, scopes)),
    granted: new Set(scopesWithin('owner', scopes)),
    projectRoles: projectRolesFrom(projects),
    test,
    token: true,
  };
}

/** The public key that a token's header names, out of the set of the auth service. */
function createKeyFinder(tokens: Client<typeof TokenService>, now: () => number) {
  let keys = new Map<string, CryptoKey>();
  let fetched = Number.NEGATIVE_INFINITY;
  let fetching: Promise<void> | undefined;

  async function fetchKeys(): Promise<void> {
    const { importJWK } = await import('jose');
    const { jwksJson } = await tokens.getSigningKeys({});
    const set = JSON.parse(jwksJson) as { keys: (Record<string, string> & { kid: string })[] };
    const entries = set.keys.map(
      async (jwk) => [jwk.kid, (await importJWK(jwk, TOKEN_ALGORITHM)) as CryptoKey] as const,
    );
    keys = new Map(await Promise.all(entries));
    fetched = now();
  }

  return async ({ kid = '' }: JWTHeaderParameters): Promise<CryptoKey> => {
    if (!keys.has(kid) && now() - fetched >= KEYS_EVERY_MS) {
      fetching ??= fetchKeys().finally(() => {
        fetching = undefined;
      });
      await fetching;
    }
    const key = keys.get(kid);
    if (!key) throw keyMissing('The access token was signed with a key that is not known.');
    return key;
  };
}
