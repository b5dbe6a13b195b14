/** Names of which no two are alike: to one that is taken a number is added. */
export class UniqueNames {
  readonly #first: number;
  readonly #ignoresCase: boolean;
  readonly #taken = new Set<string>();
  /** By name, the number to go on with: many things of one name are common. */
  readonly #next = new Map<string, number>();

  /**
   * @param first number that is added
   * @param ignoresCase whether names that differ in capitals alone are alike
   */
  constructor({ first = 2, ignoresCase = false }: { first?: number; ignoresCase?: boolean } = {}) {
    this.#first = first;
    this.#ignoresCase = ignoresCase;
  }

  /** `name` and `ending`, with an underscore and a number between where that is taken. Taken afterwards. */
  unique(name: string, ending = ''): string {
    const plain = name + ending;
    const known = this.#key(plain);
    let unique = plain;
    for (let number = this.#next.get(known) ?? this.#first; this.#taken.has(this.#key(unique)); number++) {
      unique = `${name}_${number}${ending}`;
      this.#next.set(known, number + 1);
    }
    this.#taken.add(this.#key(unique));
    return unique;
  }

  #key(name: string): string {
    return this.#ignoresCase ? name.toLowerCase() : name;
  }
}
