import { type ConnectRouter, createRouterTransport, type Transport } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { clientInterceptor, serverInterceptor } from './interceptors.ts';

/** Registers gRPC services on a router. */
export type Routes = (router: ConnectRouter) => void;

/** A transport to services in the same process: the same clients call the same handlers, without a socket. */
export function createMemoryTransport(routes: Routes): Transport {
  return createRouterTransport(routes, {
    router: { interceptors: [serverInterceptor] },
    transport: { interceptors: [clientInterceptor] },
  });
}

/**
 * A transport to services in another process: gRPC over HTTP/2. `secret` proves that the caller belongs to the cluster.
 * `close` is left to the idle timeout of the connection.
 */
export function createNetworkTransport(options: { url: string; secret: string }): Transport {
  return createGrpcTransport({
    baseUrl: options.url,
    pingIntervalMs: 20_000,
    idleConnectionTimeoutMs: 60_000,
    interceptors: [
      clientInterceptor,
      (next) => (request) => {
        request.header.set('authorization', `Bearer ${options.secret}`);
        return next(request);
      },
    ],
  });
}
