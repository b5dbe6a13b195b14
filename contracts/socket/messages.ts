import { z } from 'zod';
import { AnyEvent } from '../events/events.ts';

/** Proves who listens, where the `Authorization` header cannot be set. The first message, within `AUTHENTICATION_SECONDS`. */
export const AuthenticateMessage = z.strictObject({ type: z.literal('authenticate'), key: z.string().max(300) });

/** Asks for a `pong`: for clients that cannot send ping frames. */
export const PingMessage = z.strictObject({ type: z.literal('ping') });

/** What a client may send. */
export const ClientMessage = z.discriminatedUnion('type', [AuthenticateMessage, PingMessage]);

/** The first message of the server: from now on events follow, those after `lastEventId` first. */
export const ReadyMessage = z.object({
  type: z.literal('ready'),
  lastEventId: z.string().regex(/^\d+$/).describe('Where the stream begins; resume from here if nothing else comes'),
});

/** Follows `ready` where events after the asked position are not kept any more: what they told has to be read anew. */
export const GapMessage = z.object({
  type: z.literal('gap'),
  message: z.string().describe('For people: what is missing and what to do'),
  lastEventId: z.string().regex(/^\d+$/).describe('Up to here events may be missing; all after it follow'),
});

export const PongMessage = z.object({ type: z.literal('pong') });

/** Why the server ends a connection, and the close code that goes with it. */
export const CLOSE_CODES = {
  invalid_message: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  authentication_timeout: 4408,
  slow_client: 4413,
  too_many_messages: 4429,
  unavailable: 4503,
  shutting_down: 1001,
} as const;

export type CloseReason = keyof typeof CLOSE_CODES;

/** The last message of the server before it closes. */
export const ClosingMessage = z.object({
  type: z.literal('closing'),
  reason: z.enum(Object.keys(CLOSE_CODES) as [CloseReason, ...CloseReason[]]),
  message: z.string().describe('For people: what happened and what to do'),
  lastEventId: z.string().nullable().describe('The last event that was sent; resume from here'),
});

/** What the server sends: events, and the few messages around them. */
export const ServerMessage = z.discriminatedUnion('type', [
  ReadyMessage,
  GapMessage,
  PongMessage,
  ClosingMessage,
  ...AnyEvent.options,
]);

export type ClientMessage = z.infer<typeof ClientMessage>;
export type ReadyMessage = z.infer<typeof ReadyMessage>;
export type GapMessage = z.infer<typeof GapMessage>;
export type ClosingMessage = z.infer<typeof ClosingMessage>;
export type ServerMessage = z.infer<typeof ServerMessage>;

/** Seconds that a client has for its `authenticate` message. */
export const AUTHENTICATION_SECONDS = 10;
/** Seconds between two heartbeats. */
export const HEARTBEAT_SECONDS = 15;
/** Bytes that may wait for one client before it counts as slow. */
export const CLIENT_BUFFER_BYTES = 1024 * 1024;
/** Size of the largest message that a client may send. */
export const CLIENT_MESSAGE_BYTES = 4096;
/** Messages that a client may send within one heartbeat's time. */
export const CLIENT_MESSAGES_PER_HEARTBEAT = 60;
