import type { IncomingMessage } from 'node:http';

/** A body of which nothing comes for so long is given up: its sender is gone or means no good. */
const IDLE_MS = 60_000;

/**
 * The chunks of a request's body. Ending the iteration early leaves the connection open, so that an answer can still be
 * sent. A body that stalls for a minute is cut off together with its connection.
 */
export async function* bodyStream(request: IncomingMessage): AsyncGenerator<Buffer> {
  const cut = () => request.destroy(new Error(`no byte of the body came for ${IDLE_MS / 1000} s`));
  const timer = setTimeout(cut, IDLE_MS);
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      timer.refresh();
      yield chunk as Buffer;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** How long, and how much of, a body that nobody wants is still taken after the answer. */
const DISCARD_MS = 5000;
const DISCARD_BYTES = 64 * 1024 * 1024;

/**
 * Takes the rest of a refused body and throws it away. A connection that is closed while bytes still come in is reset,
 * and the client then never sees the answer that says why; so the rest is read for a moment before the connection ends.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  const end = () => request.socket.destroy();
  const timer = setTimeout(end, DISCARD_MS);
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DISCARD_BYTES) end();
  });
  request.on('error', () => {});
  request.once('close', () => clearTimeout(timer));
  request.once('end', () => clearTimeout(timer));
  request.resume();
}
