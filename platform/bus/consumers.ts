import type { RecordedEvent } from '#contracts/events/events.ts';
import type { Database, Trx } from '../database/database.ts';
import { readEvents } from './outbox.ts';
import type { BusTables } from './tables.ts';
import { WakeUp } from './wake-up.ts';

/** What a consumer does with an event. */
export type HandleEvent = (trx: Trx<BusTables>, event: RecordedEvent) => Promise<void>;

/** Told when a consumer fails at an event; it is tried again. */
export type ConsumerFailed = (failure: {
  consumer: string;
  event: RecordedEvent | null;
  attempt: number;
  error: unknown;
}) => void;

const PAGE = 100;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 30_000;

/**
 * One consumer's loop. The inbox row and the effect are one transaction; with several processes the second to insert
 * the row waits for the first and then passes the event over, so events are handled one after the other and once.
 */
export class Consumer {
  readonly #database: Database<BusTables>;
  readonly #name: string;
  readonly #handle: HandleEvent;
  readonly #failed: ConsumerFailed;
  readonly #pollMs: number;
  readonly #bell = new WakeUp();
  #closed = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    database: Database<BusTables>,
    name: string,
    handle: HandleEvent,
    options: { failed: ConsumerFailed; pollMs: number },
  ) {
    this.#database = database;
    this.#name = name;
    this.#handle = handle;
    this.#failed = options.failed;
    this.#pollMs = options.pollMs;
  }

  async start(): Promise<void> {
    const position = await this.#reached();
    this.#running = this.#run(position);
  }

  /** There may be new events. */
  wake(): void {
    this.#bell.ring();
  }

  /** Ends the loop after the event at hand. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#bell.ring();
    await this.#running;
  }

  async #run(start: number): Promise<void> {
    let position = start;
    let failures = 0;
    while (!this.#closed) {
      let event: RecordedEvent | null = null;
      try {
        const page = await readEvents(this.#database, position, PAGE);
        for (const positioned of page) {
          if (this.#closed) return;
          event = positioned.event;
          await this.#handleOnce(positioned.position, positioned.event);
          position = positioned.position;
          failures = 0;
        }
        if (page.length === 0) await this.#bell.wait(this.#pollMs);
      } catch (error) {
        failures++;
        this.#failed({ consumer: this.#name, event, attempt: failures, error });
        await this.#pause(Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS));
      }
    }
  }

  async #handleOnce(position: number, event: RecordedEvent): Promise<void> {
    await this.#database.transaction(async (trx) => {
      const noted = await trx
        .insertInto('inbox')
        .values({ consumer: this.#name, position })
        .onConflict((conflict) => conflict.doNothing())
        .returning('position')
        .executeTakeFirst();
      if (noted !== undefined) await this.#handle(trx, event);
    });
  }

  async #reached(): Promise<number> {
    const row = await this.#database.kysely
      .selectFrom('inbox')
      .select((select) => select.fn.max('position').as('position'))
      .where('consumer', '=', this.#name)
      .executeTakeFirst();
    return row?.position ?? 0;
  }

  /** Waits out a failure; only `close` shortens it, not the bell of new events. */
  async #pause(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!this.#closed && Date.now() < end) await this.#bell.wait(end - Date.now());
  }
}
