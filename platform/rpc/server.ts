import { timingSafeEqual } from 'node:crypto';
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { healthRoutes } from './health.ts';
import { serverInterceptor } from './interceptors.ts';
import type { Routes } from './transports.ts';

/** A gRPC server of one process. */
export interface RpcServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves gRPC over HTTP/2 without TLS, for the other processes of the cluster only: every call but the health check
 * must bear the cluster's secret.
 */
export async function startRpcServer(options: {
  routes: Routes;
  ready: () => Promise<boolean>;
  host: string;
  port: number;
  secret: string;
}): Promise<RpcServer> {
  const handler = connectNodeAdapter({
    routes: (router) => {
      options.routes(router);
      healthRoutes(router, options.ready);
    },
    interceptors: [serverInterceptor],
    connect: false,
    grpcWeb: false,
  });
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer((request, response) => {
    const open = request.url.startsWith('/grpc.health.v1.Health/');
    if (!open && !sameSecret(request.headers.authorization, options.secret)) {
      response.writeHead(401).end();
      return;
    }
    handler(request, response);
  });
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${options.host}:${port}`, close: () => close(server, sessions) };
}

/** Compares a bearer header with the cluster's secret in constant time. */
export function sameSecret(header: string | undefined, secret: string): boolean {
  const given = Buffer.from(header ?? '');
  const wanted = Buffer.from(`Bearer ${secret}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** Calls in flight get two seconds; streams that never end are cut. */
async function close(server: Http2Server, sessions: Set<ServerHttp2Session>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  for (const session of sessions) session.close();
  const timer = setTimeout(() => {
    for (const session of sessions) session.destroy();
  }, 2000);
  await closed;
  clearTimeout(timer);
}
