import type { Configuration } from 'openid-client';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { keyFor, seal, unseal } from '#platform/secrets/sealed-text.ts';
import { identityUnproved } from './errors.ts';

/** The provider that an operator has set up. */
export interface OidcSettings {
  /** Its address, by which its own description is found (OpenID Connect Discovery 1.0). */
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** What a provider says of somebody, its signature checked. */
export interface ProvedIdentity {
  issuer: string;
  subject: string;
  email: string;
  emailVerified: boolean;
  name: string;
}

/** What the way back from the provider is checked with. It travels in a sealed cookie: no gateway has to remember it. */
interface Transaction {
  state: string;
  nonce: string;
  verifier: string;
  returnTo: string;
  /** Milliseconds since 1970. */
  until: number;
}

/** How long a person may take at the provider. */
export const OIDC_SECONDS = 600;
const SCOPES = 'openid email profile';

/** Signs people in by the authorisation code flow with PKCE (OpenID Connect Core 1.0, RFC 7636). */
export interface OidcClient {
  /** @returns where to send the person, and what the cookie holds until they come back */
  start(redirectUri: string, returnTo: string): Promise<{ url: string; cookie: string }>;
  /**
   * @param url the address with which the person came back, the redirect URI with its query
   * @throws MaquetteError `unauthenticated` when it is not the answer to what was asked
   */
  finish(url: URL, cookie: string | undefined): Promise<{ identity: ProvedIdentity; returnTo: string }>;
}

export function createOidcClient(settings: OidcSettings, now: () => number = Date.now): OidcClient {
  const { issuer, clientId, clientSecret } = settings;
  // All gateways have this secret, and nobody else.
  const key = keyFor('maquette oidc transaction', clientSecret);
  let configuration: Promise<Configuration> | undefined;

  /** Read when the first person signs in: the server starts without the provider. */
  const provider = async () => {
    const client = await import('openid-client');
    const insecure = issuer.startsWith('http:') ? { execute: [client.allowInsecureRequests] } : {};
    configuration ??= client.discovery(new URL(issuer), clientId, clientSecret, undefined, insecure);
    const found = await configuration.catch((cause: unknown) => {
      configuration = undefined;
      throw new MaquetteError('unavailable', 'The OpenID provider does not answer.', { cause });
    });
    return { client, configuration: found };
  };

  return {
    async start(redirectUri, returnTo) {
      const { client, configuration: found } = await provider();
      const transaction: Transaction = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        returnTo,
        until: now() + OIDC_SECONDS * 1000,
      };
      const url = client.buildAuthorizationUrl(found, {
        redirect_uri: redirectUri,
        scope: SCOPES,
        state: transaction.state,
        nonce: transaction.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(transaction.verifier),
        code_challenge_method: 'S256',
      });
      return {
        url: url.href,
        cookie: Buffer.from(seal(key, JSON.stringify(transaction)), 'base64').toString('base64url'),
      };
    },
    async finish(url, cookie) {
      const transaction = open(key, cookie);
      if (!transaction || transaction.until < now()) throw identityUnproved('it was not begun here, or too long ago');
      const { client, configuration: found } = await provider();
      const checks = {
        expectedState: transaction.state,
        expectedNonce: transaction.nonce,
        pkceCodeVerifier: transaction.verifier,
        idTokenExpected: true,
      };
      const tokens = await client.authorizationCodeGrant(found, url, checks).catch((cause: unknown) => {
        throw identityUnproved('the provider did not vouch for it', cause);
      });
      const claims = tokens.claims();
      if (!claims) throw identityUnproved('the provider gave no identity');
      const more = claims.email ? claims : await client.fetchUserInfo(found, tokens.access_token, claims.sub);
      return {
        identity: {
          issuer: claims.iss,
          subject: claims.sub,
          email: typeof more.email === 'string' ? more.email : '',
          emailVerified: more.email_verified === true,
          name: typeof more.name === 'string' ? more.name.slice(0, 200) : '',
        },
        returnTo: transaction.returnTo,
      };
    },
  };
}

function open(key: Buffer, cookie: string | undefined): Transaction | undefined {
  if (cookie === undefined) return undefined;
  try {
    return JSON.parse(unseal(key, Buffer.from(cookie, 'base64url').toString('base64'))) as Transaction;
  } catch {
    return undefined;
  }
}

/** A path of this server itself, and nothing that a browser would take for another one. */
export function ownPath(path: string | undefined, origin: string): string {
  if (path === undefined || !path.startsWith('/')) return '/';
  const url = URL.parse(path, origin);
  return url?.origin === origin ? url.pathname + url.search + url.hash : '/';
}
