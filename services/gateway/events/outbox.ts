import { CLIENT_BUFFER_BYTES } from '#contracts/socket/messages.ts';

/** What waits to be sent to one client. */
export interface Outbox {
  /** Sends a text, at once or when the connection takes it. */
  send(text: string): void;
  /** Bytes that the connection has not taken yet. */
  readonly waiting: number;
  /** Resolves when at most half of the permitted bytes wait; to false when that takes too long. */
  drained(): Promise<boolean>;
}

/** A client that takes nothing for so long while events are replayed to it counts as slow. */
const STALL_MS = 30_000;

/** Counts what a connection has been given and not taken. `write` calls back when the text has gone out. */
export function createOutbox(write: (text: string, done: () => void) => void): Outbox {
  const low = CLIENT_BUFFER_BYTES / 2;
  let waiting = 0;
  let wake: (() => void) | undefined;
  return {
    send(text) {
      const bytes = Buffer.byteLength(text);
      waiting += bytes;
      write(text, () => {
        waiting -= bytes;
        if (waiting <= low) wake?.();
      });
    },
    get waiting() {
      return waiting;
    },
    drained() {
      if (waiting <= low) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(false), STALL_MS);
        const settle = (well: boolean) => {
          clearTimeout(timer);
          wake = undefined;
          resolve(well);
        };
        wake = () => settle(true);
      });
    },
  };
}
