import { UniqueNames } from '../../unique-names.ts';

/** Letters and digits that begin a longer word after something else. */
const ILLEGAL = /[^A-Za-z0-9_]+/g;
const LONGEST = 120;

/**
 * A legal name of a prim: letters, digits and underscores, no digit in front. USD of 2024 takes other letters too, but
 * the viewers that USDZ is made for are older.
 */
function legalName(name: string, fallback: string): string {
  const safe = name
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(ILLEGAL, '_')
    .slice(0, LONGEST);
  if (!/[A-Za-z0-9]/.test(safe)) return fallback;
  return /^[0-9]/.test(safe) ? `_${safe}` : safe;
}

/** Names of siblings: legal, and no two alike. */
export class PrimNames {
  readonly #names = new UniqueNames({ first: 1 });

  /** @param fallback a legal name for what has none */
  unique(name: string, fallback: string): string {
    return this.#names.unique(legalName(name, fallback));
  }
}
