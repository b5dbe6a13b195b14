import type { Client } from '@connectrpc/connect';
import type { FastifyRequest } from 'fastify';
import type { AuthService } from '#contracts/generated/auth_pb.js';
import type { EventService } from '#contracts/generated/data_pb.js';
import type { OrganizationService } from '#contracts/generated/organizations_pb.js';
import type { PeopleService } from '#contracts/generated/people_pb.js';
import type { RenderingService } from '#contracts/generated/rendering_pb.js';
import type { ServiceAccountService } from '#contracts/generated/service_accounts_pb.js';
import type { TokenService } from '#contracts/generated/tokens_pb.js';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { DATA_API } from '#contracts/rest/data-api.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Outbound } from '#platform/outbound/outbound.ts';
import type { OutboundPolicy } from '#platform/outbound/target.ts';
import type { RestClient } from '#platform/rest/endpoint-types.ts';
import type { ScanFiles } from '#platform/scan/scan-files.ts';
import type { LinkSigner } from '#platform/secrets/link-signer.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import type { AllowedOrigins } from './access/allowed-origins.ts';
import type { Authenticator } from './access/authentication.ts';
import { keyMissing } from './access/errors.ts';
import type { OidcSettings } from './access/oidc.ts';
import type { Principal } from './access/principal.ts';
import type { EventHub } from './events/hub.ts';
import type { SharePasswords } from './links/share-passwords.ts';
import type { RateLimits, RateSettings } from './rate-limits/rate-limits.ts';
import type { Timeouts } from './timeouts.ts';
import type { TlsFiles } from './tls.ts';

/** What an operator may set. */
export interface GatewaySettings {
  /** Bytes of all files of one upload. */
  uploadLimitBytes: number;
  rates: RateSettings;
  /** Where files may be fetched from. */
  outbound: OutboundPolicy;
  /** Addresses and networks, separated by commas, whose word on where a request came from is believed. */
  trustedProxies?: string | undefined;
  /** Address under which clients reach the gateway; that of each request unless given. */
  publicUrl?: string;
  /** By whom people may sign in, beside passwords. */
  oidc?: OidcSettings;
  /** Who makes access tokens; `DEFAULT_ISSUER` unless given. */
  issuer?: string;
  /** Origins whose pages may use the API for every organisation; none unless given. */
  corsOrigins?: readonly string[] | undefined;
  /** Speaks TLS when given. */
  tls?: TlsFiles | undefined;
  /** For clients that are slow; `TIMEOUTS` unless given. */
  timeouts?: Timeouts;
  /** Between two heartbeats of an event stream; `HEARTBEAT_SECONDS` unless given. */
  heartbeatMs?: number;
  /** For the `authenticate` message of a WebSocket; `AUTHENTICATION_SECONDS` unless given. */
  authenticationMs?: number;
}

/** Whether every part of this process can serve; why not, by role. */
export type ReadinessCheck = () => Promise<{ ready: boolean; reasons: Record<string, string> }>;

/** What the route handlers work with. */
export interface Gateway {
  data: RestClient<typeof DATA_API>;
  auth: Client<typeof AuthService>;
  people: Client<typeof PeopleService>;
  organizations: Client<typeof OrganizationService>;
  serviceAccounts: Client<typeof ServiceAccountService>;
  tokens: Client<typeof TokenService>;
  events: Client<typeof EventService>;
  rendering: Client<typeof RenderingService>;
  objects: ObjectStore;
  settings: GatewaySettings;
  logger: Logger;
  metrics: Metrics;
  readiness: ReadinessCheck;
  authenticator: Authenticator;
  allowedOrigins: AllowedOrigins;
  rateLimits: RateLimits;
  hub: EventHub;
  /** Fetches what clients name by URL. */
  outbound: Outbound;
  /** Has files scanned before they count. */
  scan: ScanFiles;
  /** Signs links that need no key. */
  links: LinkSigner;
  sharePasswords: SharePasswords;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set before the handler of every operation that needs a key. */
    principal: Principal | null;
    /** Whether the answer is 304 because the resource counts no further change: that follows from the database alone. */
    unchanged: boolean;
  }
}

/** Who asks. @throws MaquetteError `unauthenticated` on an operation that needs no key */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw keyMissing();
  return request.principal;
}

/** Headers of a call to the data service. */
export interface TenantHeaders {
  'x-maquette-organization': OrganizationId;
  'x-maquette-test'?: 'true';
  'x-maquette-idempotency-key'?: string;
}

/** The headers of a call to the data service in the name of the request's organisation, with its idempotency key. */
export function tenant(request: FastifyRequest): TenantHeaders {
  const key = idempotencyKeyOf(request);
  const { organizationId, test } = principalOf(request);
  if (!test && key === undefined) return { 'x-maquette-organization': organizationId };
  return {
    'x-maquette-organization': organizationId,
    ...(test && { 'x-maquette-test': 'true' as const }),
    ...(key !== undefined && { 'x-maquette-idempotency-key': key }),
  };
}

/** The same organisation, for calls that are not the one effect of the request. */
export function withoutKey({ 'x-maquette-idempotency-key': _key, ...headers }: TenantHeaders): TenantHeaders {
  return headers;
}

/** The key of a request that shall have its effect once; its form was checked with the other headers. */
export function idempotencyKeyOf({ method, headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  return method === 'POST' && typeof key === 'string' ? key : undefined;
}
