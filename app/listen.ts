import type { ConnectRouter } from '@connectrpc/connect';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { Config } from '#platform/config/definitions.ts';
import { sameSecret, startRpcServer } from '#platform/rpc/server.ts';
import { ROLES, type Role } from '#platform/service/service.ts';
import type { Composition } from './compose.ts';
import { RPC_PORTS } from './roles.ts';

/** The open ports of a process. */
export interface Listening {
  /** Address of the gateway, when it is one of the roles. */
  publicUrl: string | undefined;
  close(): Promise<void>;
}

/**
 * Opens the ports that a process needs: the public one of the gateway, and, when the roles are spread over several
 * processes, gRPC and the data service's REST API for the others.
 */
export async function listen(composition: Composition, roles: readonly Role[], config: Config): Promise<Listening> {
  const closers: (() => Promise<void>)[] = [];
  const services = composition.connections.all();
  const apart = roles.length < ROLES.length;
  const secret = config.clusterSecret ?? '';
  const usual = roles.find((role) => role !== 'gateway');
  if (apart && usual !== undefined) {
    const server = await startRpcServer({
      routes: (router: ConnectRouter) => {
        for (const service of services) service.rpc?.(router);
      },
      ready: async () => (await composition.readiness()).ready,
      host: config.rpcHost,
      port: config.rpcPort === 0 ? RPC_PORTS[usual] : config.rpcPort,
      secret,
    });
    closers.push(() => server.close());
  }
  const data = services.find(({ role }) => role === 'data')?.internal;
  if (apart && data) {
    const http = data.http();
    // Within the process the caller is this very process; over the network it has to prove that it belongs to the cluster.
    http.addHook('onRequest', async (request) => {
      if (sameSecret(request.headers.authorization, secret)) return;
      throw new MaquetteError('unauthenticated', 'This is an internal API of the cluster.');
    });
    await http.listen({ host: config.rpcHost, port: config.dataRestPort });
  }
  const gateway = services.find(({ role }) => role === 'gateway')?.http;
  const address = gateway && (await gateway.listen({ host: config.host, port: config.port }));
  const publicUrl = config.tlsCertificate === undefined ? address : address?.replace(/^http:/, 'https:');
  return {
    publicUrl,
    async close() {
      for (const close of closers) await close();
    },
  };
}
