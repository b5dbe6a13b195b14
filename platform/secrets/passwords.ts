import { tooManyPasswords } from './errors.ts';

/**
 * Argon2id (RFC 9106) with 19 MiB, two passes and one lane: the first of the settings that the OWASP Password Storage
 * Cheat Sheet recommends.
 */
const SETTINGS = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Of no password: who has none takes as long as who has. Made at the first need, with the same settings. */
let nobody: Promise<string> | undefined;

/** The library is native: only who works with passwords loads it. */
const argon2 = () => import('@node-rs/argon2');

/** Hashes at once: half of the threads that Node shares among all such work, of which reading files is a part, too. */
const AT_ONCE = 2;
/** Who may wait for one: a second’s worth or two. Whoever comes then had better come again. */
const WAITING = 100;

let working = 0;
const waiting: (() => void)[] = [];

/**
 * Does work that is slow on purpose, a few at a time: a flood of passwords must not keep everybody else from their files.
 * @throws MaquetteError `unavailable` when too many wait already
 */
async function inLine<T>(work: () => Promise<T>): Promise<T> {
  if (working < AT_ONCE) working += 1;
  else if (waiting.length >= WAITING) throw tooManyPasswords();
  else await new Promise<void>((begin) => waiting.push(begin));
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else working -= 1;
  }
}

/** A password as it is stored. @throws MaquetteError `unavailable` in a flood of passwords */
export async function hashPassword(password: string): Promise<string> {
  const { hash } = await argon2();
  return inLine(() => hash(password.normalize('NFKC'), SETTINGS));
}

/**
 * Whether a password is the one of a hash, compared in constant time. Without a hash it is never right, and takes as
 * long.
 *
 * @throws MaquetteError `unavailable` in a flood of passwords
 */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  const { verify } = await argon2();
  nobody ??= argon2Nobody();
  const against = stored ?? (await nobody);
  const right = await inLine(() => verify(against, password.normalize('NFKC')));
  return right && typeof stored === 'string';
}

/** Beside the line: one that was refused there would be kept. */
async function argon2Nobody(): Promise<string> {
  const { hash } = await argon2();
  return hash('nobody has this password', SETTINGS);
}
