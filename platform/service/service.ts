import type { ConnectRouter } from '@connectrpc/connect';
import type { FastifyInstance } from 'fastify';

/** A role of the binary. */
export const ROLES = ['gateway', 'auth', 'data', 'geometry', 'rendering'] as const;
export type Role = (typeof ROLES)[number];

/**
 * What every `services/<name>/service.ts` makes. The composition root mounts `rpc` on a router (in memory or on HTTP/2)
 * and `http` on a port or on an in-memory client, then starts it.
 */
export interface Service {
  readonly role: Role;
  /** Registers the service's gRPC methods. */
  rpc?(router: ConnectRouter): void;
  /** The service's REST API (the data service's internal one, the gateway's public one). */
  readonly http?: FastifyInstance;
  /** Begins work that needs other services: workers, consumers. Called after everything is mounted. */
  start(): Promise<void>;
  /** Whether it can serve; the reason when it cannot. */
  ready(): Promise<{ ready: true } | { ready: false; reason: string }>;
  /** Finishes what is in flight, hands back leases, frees resources. */
  stop(): Promise<void>;
}
