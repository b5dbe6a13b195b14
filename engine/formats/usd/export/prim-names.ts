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
  readonly #taken = new Set<string>();
  /** By what was taken, the number that comes next: many siblings of one name are common. */
  readonly #next = new Map<string, number>();

  /** @param fallback a legal name for what has none */
  unique(name: string, fallback: string): string {
    const legal = legalName(name, fallback);
    let unique = legal;
    for (let number = this.#next.get(legal) ?? 1; this.#taken.has(unique); number++) {
      unique = `${legal}_${number}`;
      this.#next.set(legal, number + 1);
    }
    this.#taken.add(unique);
    return unique;
  }
}
