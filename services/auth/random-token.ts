import { createHash, randomBytes } from 'node:crypto';

/** A secret that nobody can guess: 256 random bits in base64url, after a prefix that says what it is. */
export function newToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a random secret: its SHA-256 in hexadecimal. Slow hashing protects what people choose, not this. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
