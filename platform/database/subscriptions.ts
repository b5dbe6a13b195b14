/** Who listens on which channel of NOTIFY; shared by both engines. */
export class Subscriptions {
  readonly #listeners = new Map<string, Set<(payload: string) => void>>();

  add(channel: string, heard: (payload: string) => void): void {
    const listeners = this.#listeners.get(channel);
    if (listeners === undefined) this.#listeners.set(channel, new Set([heard]));
    else listeners.add(heard);
  }

  /** @returns whether nobody is left on the channel. */
  remove(channel: string, heard: (payload: string) => void): boolean {
    const listeners = this.#listeners.get(channel);
    if (!listeners?.delete(heard) || listeners.size > 0) return false;
    this.#listeners.delete(channel);
    return true;
  }

  channels(): string[] {
    return [...this.#listeners.keys()];
  }

  /** Hands a notification to its listeners. */
  deliver(channel: string, payload: string): void {
    for (const heard of [...(this.#listeners.get(channel) ?? [])]) heard(payload);
  }

  /** Tells every listener that something may have been missed. */
  deliverToAll(): void {
    for (const channel of this.channels()) this.deliver(channel, '');
  }
}
