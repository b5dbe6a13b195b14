import { keyMissing } from './errors.ts';
import { type CookieBearer, sessionTokenOf } from './session-cookie.ts';

/** What a request proves with who sends it. */
export type Credentials =
  | { kind: 'key'; secret: string }
  | { kind: 'token'; secret: string }
  | { kind: 'session'; secret: string };

/** What cannot be a key is refused without asking anybody. */
const KEY_FORM = /^mq_(?:live|test)_[A-Za-z0-9]{24,200}$/;
/** A JWT in compact form (RFC 7519). */
const TOKEN_FORM = /^[\w-]{2,4000}\.[\w-]{2,8000}\.[\w-]{0,1000}$/;

/**
 * The credentials of a request: an `Authorization` header before the cookie of a session.
 * @throws MaquetteError `unauthenticated`
 */
export function credentialsOf(request: CookieBearer): Credentials {
  const { authorization } = request.headers;
  if (authorization !== undefined) return bearer(secretOf(authorization));
  const session = sessionTokenOf(request);
  if (session !== undefined) return { kind: 'session', secret: session };
  throw keyMissing();
}

/** What somebody bears: an access token or an API key, by its form. @throws MaquetteError `unauthenticated` */
export function bearer(secret: string): Credentials {
  if (KEY_FORM.test(secret)) return { kind: 'key', secret };
  if (TOKEN_FORM.test(secret)) return { kind: 'token', secret };
  throw keyMissing('What the request bears is neither an API key nor an access token.');
}

/**
 * The secret of an `Authorization` header: `Bearer` (RFC 6750), or the password of `Basic` (RFC 7617), which OAuth clients
 * send as `client_secret_basic`.
 * @throws MaquetteError `unauthenticated`
 */
export function secretOf(header: string): string {
  const [, scheme = '', value = ''] = /^(Bearer|Basic) +([^ ]+) *$/i.exec(header) ?? [];
  if (value === '') throw keyMissing('The Authorization header is not of the form `Bearer …`.');
  if (scheme.toLowerCase() === 'bearer') return value;
  const pair = Buffer.from(value, 'base64').toString();
  const colon = pair.indexOf(':');
  const [name, password] = colon < 0 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
  // As `curl -u KEY:` sends it.
  return password === '' ? name : password;
}
