import { connect, createServer, type Server, type Socket } from 'node:net';

/** A way to a server that breaks connections. */
export interface CuttingProxy {
  url: string;
  /** How many connections it has broken. */
  cuts(): number;
  close(): void;
}

/**
 * Opens a way to a server that cuts a connection when more than so many bytes have gone over it, and the next one at the
 * next number; after the last it cuts none. What was sent arrives, and then nobody is there any more, as networks do it.
 */
export async function openCuttingProxy(target: string, cutAfter: readonly number[]): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  let cuts = 0;
  const server: Server = createServer((client: Socket) => {
    const upstream = connect(Number(port), hostname);
    let sent = 0;
    client.on('data', (chunk) => {
      sent += chunk.length;
      if (!upstream.write(chunk)) {
        client.pause();
        upstream.once('drain', () => client.resume());
      }
      if (sent > (cutAfter[cuts] ?? Number.POSITIVE_INFINITY)) {
        cuts += 1;
        upstream.end();
        client.destroy();
      }
    });
    upstream.on('data', (chunk) => client.write(chunk));
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port: own } = server.address() as { port: number };
  return { url: `http://127.0.0.1:${own}`, cuts: () => cuts, close: () => server.close() };
}
