/**
 * Argon2id (RFC 9106) with 19 MiB, two passes and one lane: the first of the settings that the OWASP Password Storage
 * Cheat Sheet recommends.
 */
const SETTINGS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Of no password: who has none takes as long as who has. Made at the first need, with the same settings. */
let nobody: Promise<string> | undefined;

/** The library is native: only who works with passwords loads it. */
const argon2 = () => import('@node-rs/argon2');

/** A password as it is stored. */
export async function hashPassword(password: string): Promise<string> {
  const { hash } = await argon2();
  return hash(password.normalize('NFKC'), SETTINGS);
}

/**
 * Whether a password is the one of a hash, compared in constant time. Without a hash it is never right, and takes as
 * long.
 */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const { verify } = await argon2();
  nobody ??= hashPassword('nobody has this password');
  const right = await verify(stored ?? (await nobody), password.normalize('NFKC'));
  return right && typeof stored === 'string';
}
