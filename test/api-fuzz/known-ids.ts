/** Ids that the server told of: whatever looks like one in an answer, by its prefix. */
export class KnownIds {
  readonly #byPrefix = new Map<string, string[]>();
  readonly #seen = new Set<string>();

  /** @param kept ids that no request may touch, such as that of the key which the fuzz is made with. */
  constructor(kept: readonly string[]) {
    for (const id of kept) this.#seen.add(id);
  }

  /** Takes note of the ids in an answer. */
  learn(text: string): void {
    for (const [id, prefix] of text.matchAll(/\b([a-z]{3})_[0-7][0-9a-hjkmnp-tv-z]{25}\b/g)) {
      if (this.#seen.has(id)) continue;
      this.#seen.add(id);
      const list = this.#byPrefix.get(prefix as string) ?? [];
      this.#byPrefix.set(prefix as string, [...list, id].slice(-40));
    }
  }

  /** A text with an id that is known at each place for one; one that nobody knows where there is none. */
  fill(text: string): string {
    return text.replaceAll(/([a-z]{3})_@(\d+)/g, (_, prefix: string, choice: string) => {
      const known = this.#byPrefix.get(prefix) ?? [];
      return known[Number(choice) % known.length] ?? `${prefix}_01kb2v4t9wf6x8q3m5n7p0r2s4`;
    });
  }
}
