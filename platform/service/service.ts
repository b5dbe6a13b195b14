import type { ConnectRouter } from '@connectrpc/connect';
import type { FastifyInstance } from 'fastify';
import type { RestTransport } from '../rest/rest-transport.ts';

/** A role of the binary. */
export const ROLES = ['gateway', 'auth', 'data', 'geometry', 'rendering'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What every `services/<name>/service.ts` makes. The composition root mounts `rpc` on a router (in memory or on HTTP/2)
 * and `http` on a port, then starts it.
 */
export interface Service {
  readonly role: Role;
  /** Registers the service's gRPC methods. */
  rpc?(router: ConnectRouter): void;
  /** The public REST API. */
  readonly http?: FastifyInstance;
  /** A REST API for the other services. */
  readonly internal?: InternalRest;
  /** Begins work that needs other services: workers, consumers. Called after everything is mounted. */
  start(): Promise<void>;
  /** Whether it can serve; the reason when it cannot. */
  ready(): Promise<{ ready: true } | { ready: false; reason: string }>;
  /** Finishes what is in flight, hands back leases, frees resources. */
  stop(): Promise<void>;
}

/** A REST API for other services, by two ways to the same handlers. */
export interface InternalRest {
  /** From within this process. */
  readonly transport: RestTransport;
  /** From other processes; made at the first call, and closed with the service. */
  http(): FastifyInstance;
}
