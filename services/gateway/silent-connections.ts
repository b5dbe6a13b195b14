import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Keeps track of connections that have not sent a request yet. Browsers and other clients open some in advance; Node
 * does not count them as idle, so they would hold up the end of the server for a minute.
 *
 * @returns a function that closes them.
 */
export function trackSilentConnections(server: Server): () => void {
  const silent = new Set<Socket>();
  // Over TLS a connection counts from its handshake on; those of HTTP/2 are sessions, which `trackSessions` ends.
  server.on(
    'setSecureContext' in server ? 'secureConnection' : 'connection',
    (socket: Socket & { alpnProtocol?: string }) => {
      if (socket.alpnProtocol === 'h2') return;
      silent.add(socket);
      socket.once('close', () => silent.delete(socket));
    },
  );
  const spoke = ({ socket }: { socket: Socket }) => silent.delete(socket);
  for (const event of ['request', 'upgrade', 'checkContinue'] as const) server.prependListener(event, spoke);
  return () => {
    for (const socket of silent) socket.destroy();
  };
}
