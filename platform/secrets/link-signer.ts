import { createHmac, timingSafeEqual } from 'node:crypto';
import { keyFor } from './sealed-text.ts';

/** Signs what a link says, so that whoever holds it can change nothing of it. */
export interface LinkSigner {
  /** @param claims what the link carries @param covered what it is good for, which stands elsewhere in it */
  sign(claims: string, covered: string): string;
  /** Whether the claims were signed for what they cover, with a key that is still good. In constant time. */
  verify(claims: string, covered: string, signature: string): boolean;
}

/**
 * A signer by HMAC with SHA-256 (RFC 2104).
 *
 * @param secrets texts that cannot be guessed. The first one signs; the others are older ones, whose links stay good:
 * to change the key, put a new one first, and leave the old one out when its links may end.
 */
export function createLinkSigner(secrets: readonly [string, ...string[]]): LinkSigner {
  const keys = secrets.map((secret) => keyFor('maquette links', secret));
  const mac = (key: Buffer, claims: string, covered: string) =>
    createHmac('sha256', key).update(`${claims.length}\n${claims}\n${covered}`).digest();
  return {
    sign: (claims, covered) => mac(keys[0] as Buffer, claims, covered).toString('base64url'),
    verify(claims, covered, signature) {
      const given = Buffer.from(signature, 'base64url');
      // Every key is tried, whichever fits.
      const fits = keys.map((key) => {
        const expected = mac(key, claims, covered);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
      return fits.includes(true);
    },
  };
}
