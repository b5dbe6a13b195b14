import type { AnyEvent } from '#contracts/events/events.ts';
import type { ClosingMessage, GapMessage } from '#contracts/socket/messages.ts';

/** What a stream of events of either transport tells, in its order. */
export type StreamItem =
  /** The stream is open and begins here; what came before is known. */
  { type: 'open'; id: string } | { type: 'message'; message: AnyEvent | GapMessage | ClosingMessage };
