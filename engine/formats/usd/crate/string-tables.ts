/** The tables of words that a crate file refers to by number: tokens, and strings, which are tokens by way of a table. */
export class StringTables {
  readonly tokens: string[] = [];
  /** Token of each string. */
  readonly strings: number[] = [];
  readonly #tokenOf = new Map<string, number>();
  readonly #stringOf = new Map<string, number>();

  token(text: string): number {
    const known = this.#tokenOf.get(text);
    if (known !== undefined) return known;
    this.#tokenOf.set(text, this.tokens.length);
    this.tokens.push(text);
    return this.tokens.length - 1;
  }

  string(text: string): number {
    const known = this.#stringOf.get(text);
    if (known !== undefined) return known;
    this.#stringOf.set(text, this.strings.length);
    this.strings.push(this.token(text));
    return this.strings.length - 1;
  }
}
