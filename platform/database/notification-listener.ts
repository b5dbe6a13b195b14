import { Client, type ClientConfig, escapeIdentifier } from 'pg';
import { Subscriptions } from './subscriptions.ts';

const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

/**
 * LISTEN on a PostgreSQL connection of its own, opened with the first listener. When the connection breaks it is made
 * again, however long that takes, and every listener hears `''`, because something may have been missed.
 */
export class NotificationListener {
  readonly #config: ClientConfig;
  readonly #subscriptions = new Subscriptions();
  #client: Promise<Client> | null = null;
  /** The statement at hand: a client takes one after the other. */
  #last: Promise<unknown> = Promise.resolve();
  #retry: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(config: ClientConfig) {
    this.#config = config;
  }

  async listen(channel: string, heard: (payload: string) => void): Promise<() => Promise<void>> {
    this.#subscriptions.add(channel, heard);
    try {
      this.#client ??= this.#connect();
      // Also for the second listener of a channel: the first one's LISTEN may still be under way.
      await this.#query(await this.#client, `listen ${escapeIdentifier(channel)}`);
    } catch (error) {
      this.#subscriptions.remove(channel, heard);
      throw error;
    }
    return async () => {
      if (!this.#subscriptions.remove(channel, heard) || this.#closed) return;
      const client = await this.#client?.catch(() => null);
      if (client) await this.#query(client, `unlisten ${escapeIdentifier(channel)}`).catch(() => {});
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const client = await this.#client?.catch(() => null);
    await client?.end().catch(() => {});
  }

  async #connect(): Promise<Client> {
    const client = new Client(this.#config);
    let connected = false;
    let lost = false;
    const lose = () => {
      if (lost || !connected) return;
      lost = true;
      this.#client = null;
      client.end().catch(() => {});
      if (!this.#closed) this.#reconnect(FIRST_RETRY_MS);
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', ({ channel, payload }) => this.#subscriptions.deliver(channel, payload ?? ''));
    try {
      await client.connect();
      connected = true;
      return client;
    } catch (error) {
      this.#client = null;
      throw error;
    }
  }

  #query(client: Client, statement: string): Promise<unknown> {
    const done = this.#last.then(() => client.query(statement));
    this.#last = done.catch(() => {});
    return done;
  }

  #reconnect(delayMs: number): void {
    this.#retry = setTimeout(async () => {
      this.#retry = null;
      if (this.#closed || this.#subscriptions.channels().length === 0) return;
      try {
        this.#client ??= this.#connect();
        const client = await this.#client;
        for (const channel of this.#subscriptions.channels()) {
          await this.#query(client, `listen ${escapeIdentifier(channel)}`);
        }
        this.#subscriptions.deliverToAll();
      } catch {
        if (!this.#closed && this.#retry === null) this.#reconnect(Math.min(delayMs * 2, LONGEST_RETRY_MS));
      }
    }, delayMs);
  }
}
