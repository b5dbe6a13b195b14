import type { DescService } from '@bufbuild/protobuf';
import type { Client, ConnectRouter, Transport } from '@connectrpc/connect';
import { DATA_API } from '#contracts/rest/data-api.ts';
import type { Config } from '#platform/config/definitions.ts';
import type { RestClient } from '#platform/rest/endpoint-types.ts';
import { networkTransport } from '#platform/rest/network-transport.ts';
import { createRestClient } from '#platform/rest/rest-client.ts';
import type { RestTransport } from '#platform/rest/rest-transport.ts';
import { shareReads } from '#platform/rest/share-reads.ts';
import { createRpcClient } from '#platform/rpc/client.ts';
import { createMemoryTransport, createNetworkTransport } from '#platform/rpc/transports.ts';
import type { Role, Service } from '#platform/service/service.ts';

/** Roles that speak gRPC to the others. */
type RpcRole = Exclude<Role, 'gateway'>;

/**
 * Gives each service its clients of the others. A role of this process is called in memory, another over the network;
 * the clients, and so the services, are the same.
 *
 * Services are made one after another and may hold clients of ones that are made later: the calls find their target
 * when they are made.
 */
export class Connections {
  private readonly services = new Map<Role, Service>();
  private readonly local: ReadonlySet<Role>;
  private readonly config: Config;

  constructor(roles: readonly Role[], config: Config) {
    this.local = new Set(roles);
    this.config = config;
  }

  /** Makes a service of this process reachable. */
  add(service: Service): void {
    this.services.set(service.role, service);
  }

  /** The services of this process, in the order in which they were added. */
  all(): Service[] {
    return [...this.services.values()];
  }

  /** A client of one gRPC service of a role. */
  client<S extends DescService>(role: RpcRole, service: S): Client<S> {
    return createRpcClient(service, this.transport(role));
  }

  /** A client of the data service's REST API. */
  data(): RestClient<typeof DATA_API> {
    return createRestClient(DATA_API, shareReads(this.dataTransport()));
  }

  private transport(role: RpcRole): Transport {
    if (!this.local.has(role)) return createNetworkTransport({ url: this.config[`${role}Url`], secret: this.secret() });
    return lateTransport(() => createMemoryTransport((router: ConnectRouter) => this.service(role).rpc?.(router)));
  }

  private dataTransport(): RestTransport {
    if (!this.local.has('data')) return networkTransport(this.config.dataRestUrl, this.secret());
    return (call) => {
      const { internal } = this.service('data');
      if (!internal) throw new Error('the data service has no REST API');
      return internal.transport(call);
    };
  }

  private service(role: Role): Service {
    const service = this.services.get(role);
    if (!service) throw new Error(`the ${role} service was called before it was made`);
    return service;
  }

  private secret(): string {
    return this.config.clusterSecret ?? '';
  }
}

/** A transport that is made at the first call. */
function lateTransport(make: () => Transport): Transport {
  let made: Transport | undefined;
  const transport = () => {
    made ??= make();
    return made;
  };
  return {
    unary: (...call) => transport().unary(...call),
    stream: (...call) => transport().stream(...call),
  };
}
