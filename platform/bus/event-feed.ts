import type { RecordedEvent, TransientEvent } from '#contracts/events/events.ts';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { PositionedEvent } from './bus.ts';
import { decodeTransient } from './transient-events.ts';
import { WakeUp } from './wake-up.ts';

/** What a subscriber gets. */
interface Delivery {
  position: number;
  event: RecordedEvent | TransientEvent;
}

/** Where the recorded events come from. */
interface EventSource {
  read(after: number, limit: number, organizationId?: OrganizationId): Promise<PositionedEvent[]>;
  newestPosition(): Promise<number>;
}

/** How much the feed takes at once. */
export interface FeedLimits {
  /** Events read with one query. */
  page: number;
  /** Events that wait in memory for a slow subscriber; then it reads the recorded ones from the table again. */
  queue: number;
}

const LIMITS: FeedLimits = { page: 500, queue: 1_000 };

/**
 * Hands events to the subscribers of this process. New ones are read once and handed to all `live` subscribers. One
 * that begins in the past, or is too slow, is `behind`: it reads the table by itself until it has caught up.
 */
export class EventFeed {
  readonly #source: EventSource;
  readonly #limits: FeedLimits;
  readonly #subscribers = new Set<Subscriber>();
  readonly #closed = new AbortController();
  /** The live subscribers have got everything up to here. */
  #position = 0;
  #pumping: Promise<void> | null = null;
  #again = false;

  constructor(source: EventSource, limits: FeedLimits = LIMITS) {
    this.#source = source;
    this.#limits = limits;
  }

  /** There may be new events. */
  wake(): void {
    this.#again = true;
    this.#pumping ??= this.#pump().finally(() => (this.#pumping = null));
  }

  /** Takes a notification with a transient event. */
  hearTransient(payload: string): void {
    const event = payload === '' ? null : decodeTransient(payload);
    if (event === null) return;
    for (const subscriber of this.#subscribers) {
      if (subscriber.wants(event) && subscriber.queue.length < this.#limits.queue)
        subscriber.push({ position: 0, event });
    }
  }

  /** See `Bus.subscribe`. */
  subscribe(after: number, signal: AbortSignal, organizationId?: OrganizationId): AsyncIterable<Delivery> {
    const ended = AbortSignal.any([signal, this.#closed.signal]);
    const subscriber = new Subscriber(after, organizationId);
    if (!ended.aborted) this.#subscribers.add(subscriber);
    // Transient events are collected from here on, not only from the first read on.
    const stop = () => {
      this.#subscribers.delete(subscriber);
      subscriber.bell.ring();
    };
    ended.addEventListener('abort', stop, { once: true });
    return this.#deliver(subscriber, ended, stop);
  }

  close(): void {
    this.#closed.abort();
  }

  async *#deliver(subscriber: Subscriber, ended: AbortSignal, stop: () => void): AsyncGenerator<Delivery> {
    try {
      if (subscriber.last < 0) subscriber.last = await this.#source.newestPosition();
      while (!ended.aborted) {
        if (!subscriber.live) {
          for (const { position, event } of await this.#catchUp(subscriber)) {
            if (ended.aborted) return;
            subscriber.last = position;
            yield { position, event };
          }
          continue;
        }
        const next = subscriber.queue.shift();
        if (next === undefined) {
          await subscriber.bell.wait();
        } else if (next.position === 0) {
          yield next;
        } else if (next.position > subscriber.last) {
          subscriber.last = next.position;
          yield next;
        }
      }
    } finally {
      ended.removeEventListener('abort', stop);
      stop();
    }
  }

  /** The next page for a subscriber that is behind; makes it live when nothing is left to catch up with. */
  async #catchUp(subscriber: Subscriber): Promise<PositionedEvent[]> {
    const reached = this.#hasLive() ? this.#position : await this.#source.newestPosition();
    const page = await this.#source.read(subscriber.last, this.#limits.page, subscriber.organizationId);
    if (page.length > 0) return page;
    // The subscriber has all of its events up to `reached`, which was visible before the page was read.
    if (!this.#hasLive()) this.#position = Math.max(this.#position, reached);
    if (this.#position <= reached) {
      subscriber.live = true;
      this.wake();
    }
    return page;
  }

  #hasLive(): boolean {
    for (const subscriber of this.#subscribers) if (subscriber.live) return true;
    return false;
  }

  async #pump(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      while (this.#hasLive()) {
        let page: PositionedEvent[];
        try {
          page = await this.#source.read(this.#position, this.#limits.page);
        } catch {
          // The database is away: the next notification or poll tries again.
          return;
        }
        const last = page.at(-1);
        if (last === undefined) break;
        this.#position = Math.max(this.#position, last.position);
        for (const subscriber of this.#subscribers) {
          if (subscriber.live) subscriber.offer(page, this.#limits.queue);
        }
      }
    }
  }
}

/** One subscription's state. */
class Subscriber {
  readonly organizationId: OrganizationId | undefined;
  readonly bell = new WakeUp();
  queue: Delivery[] = [];
  live = false;
  /** The last recorded event it has got; negative when it begins with what comes. */
  last: number;

  constructor(after: number, organizationId: OrganizationId | undefined) {
    this.last = after;
    this.organizationId = organizationId;
  }

  wants(event: { organizationId: OrganizationId }): boolean {
    return this.organizationId === undefined || this.organizationId === event.organizationId;
  }

  push(delivery: Delivery): void {
    this.queue.push(delivery);
    this.bell.ring();
  }

  offer(page: PositionedEvent[], longestQueue: number): void {
    const wanted = page.filter(({ event }) => this.wants(event));
    if (this.queue.length + wanted.length > longestQueue) {
      this.queue = [];
      this.live = false;
      this.bell.ring();
      return;
    }
    for (const delivery of wanted) this.push(delivery);
  }
}
