import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@connectrpc/connect';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { AnyEvent } from '#contracts/events/events.ts';
import type { EventService } from '#contracts/generated/data_pb.js';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { Logger } from '#platform/telemetry/logger.ts';

/** An event on its way to clients; its text is made once for all of them. */
export interface StreamedEvent {
  /** Position in the stream; 0 for transient events. */
  position: number;
  event: AnyEvent;
  json: string;
}

/** Fans the one stream of events of this process out to its clients. */
export interface EventHub {
  start(): void;
  /** Calls `heard` for each event of an organisation from now on, until the returned function is called. */
  listen(organizationId: OrganizationId, heard: (item: StreamedEvent) => void): () => void;
  /** Whether the stream has been reached. */
  connected(): boolean;
  /**
   * Resolves once the stream has been reached: all that is recorded from then on will be fanned out.
   * @throws MaquetteError `unavailable` when it cannot be
   */
  reached(): Promise<void>;
  stop(): Promise<void>;
}

/** An event as it comes from the data service; undefined for what this version does not know. */
export function readEvent(json: string): AnyEvent | undefined {
  return AnyEvent.safeParse(JSON.parse(json)).data;
}

const RETRY_MS = { first: 100, longest: 5000 };
/** How long a new client waits for the stream to be reached. */
const CONNECT_MS = 5000;

/**
 * One `EventService.Subscribe` for the whole process. When it breaks, it is opened again after the last position that was
 * fanned out, so that clients miss nothing.
 */
export function createEventHub(events: Client<typeof EventService>, logger: Logger): EventHub {
  const listeners = new Map<OrganizationId, Set<(item: StreamedEvent) => void>>();
  const stopping = new AbortController();
  const known = Promise.withResolvers<void>();
  let position: number | null = null;
  let running: Promise<void> = Promise.resolve();

  async function follow(): Promise<void> {
    let wait = RETRY_MS.first;
    while (!stopping.signal.aborted) {
      try {
        const request = { after: BigInt(position ?? -1), organizationId: '', once: false };
        for await (const message of events.subscribe(request, { signal: stopping.signal })) {
          wait = RETRY_MS.first;
          if (message.eventJson === '') {
            position ??= Number(message.newest);
            known.resolve();
          } else {
            fanOut(Number(message.position), message.eventJson);
          }
        }
        if (!stopping.signal.aborted) logger.warn('the stream of events ended; opening it again');
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.warn({ err: error }, 'the stream of events broke; opening it again');
      }
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {});
      wait = Math.min(wait * 2, RETRY_MS.longest);
    }
  }

  function fanOut(at: number, json: string): void {
    if (at > 0) {
      // Seen before a reconnection already.
      if (position !== null && at <= position) return;
      position = at;
    }
    const event = readEvent(json);
    if (!event) {
      logger.warn({ position: at }, 'an event of a kind that this version does not know was left out');
      return;
    }
    const item = { position: at, event, json };
    for (const heard of listeners.get(event.organizationId) ?? []) heard(item);
  }

  return {
    start() {
      running = follow();
    },
    listen(organizationId, heard) {
      const group = listeners.get(organizationId) ?? new Set();
      listeners.set(organizationId, group);
      group.add(heard);
      return () => {
        group.delete(heard);
        if (group.size === 0 && listeners.get(organizationId) === group) listeners.delete(organizationId);
      };
    },
    connected: () => position !== null,
    async reached() {
      if (position === null) {
        const timeout = new AbortController();
        await Promise.race([known.promise, sleep(CONNECT_MS, undefined, { signal: timeout.signal }).catch(() => {})]);
        timeout.abort();
      }
      if (position === null) {
        throw new MaquetteError('unavailable', 'The stream of events cannot be reached at the moment.', {
          remedy: 'Try again in a few seconds.',
        });
      }
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
