import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ProjectId } from '#contracts/ids/ids.ts';
import {
  type CloseReason,
  type ClosingMessage,
  type GapMessage,
  HEARTBEAT_SECONDS,
} from '#contracts/socket/messages.ts';
import type { Credentials } from '../access/credentials.ts';
import type { Principal } from '../access/principal.ts';
import { requireScopeFor } from '../access/project-scope.ts';
import type { Gateway } from '../gateway.ts';

/** What clients are told when the server ends their stream. */
export const CLOSING_MESSAGES: Record<CloseReason, string> = {
  invalid_message: 'That is no message of this protocol. See contracts/socket/SPEC.md.',
  unauthenticated: 'The API key, token or session is not valid (any more). Connect again with one that is.',
  forbidden: 'The API key lacks the scope `events:read`.',
  authentication_timeout: 'No `authenticate` message came within 10 seconds.',
  slow_client: 'Events came faster than you took them. Connect again from `lastEventId`.',
  too_many_messages: 'Too many messages came. This connection is for listening.',
  unavailable: 'The stream of events cannot be read at the moment. Connect again in a few seconds.',
  shutting_down: 'The server stops. Connect again from `lastEventId`.',
};

/** What a client is told whose position is older than what is kept. @param oldest position of the oldest event that is */
export function gapMessage(oldest: number): GapMessage {
  const lastEventId = String(oldest - 1);
  const message = `Events up to ${lastEventId} are not kept any more: some may be missing. Read what you follow anew.`;
  return { type: 'gap', message, lastEventId };
}

/** The last message of a stream. */
export function closingMessage(reason: CloseReason, position: number | null): ClosingMessage {
  const lastEventId = position === null ? null : String(position);
  return { type: 'closing', reason, message: CLOSING_MESSAGES[reason], lastEventId };
}

/**
 * Beats regularly while a stream is open, and looks whether who listens still may: a revoked key must not listen on.
 *
 * @param listener with the project whose events they hear, where it is one alone
 * @returns a function that stops it.
 */
export function keepAlive(
  gateway: Pick<Gateway, 'authenticator' | 'settings'>,
  listener: { principal: Principal; credentials: Credentials; project: ProjectId | undefined },
  beat: () => void,
  end: (reason: CloseReason) => void,
): () => void {
  const timer = setInterval(
    () => {
      beat();
      gateway.authenticator
        .renew(listener.credentials, listener.principal)
        .then((principal) => requireScopeFor(principal, 'events:read', listener.project))
        .catch((error: unknown) => {
          const code = error instanceof MaquetteError ? error.code : undefined;
          // When nobody can tell at the moment the stream goes on.
          if (code === 'unauthenticated' || code === 'forbidden') end(code);
        });
    },
    gateway.settings.heartbeatMs ?? HEARTBEAT_SECONDS * 1000,
  );
  return () => clearInterval(timer);
}
