import type { Client } from '@connectrpc/connect';
import { DEFAULT_ISSUER } from '#contracts/access/access-token.ts';
import type { AuthService } from '#contracts/generated/auth_pb.js';
import type { EventService } from '#contracts/generated/data_pb.js';
import type { GeometryService } from '#contracts/generated/geometry_pb.js';
import type { OrganizationService } from '#contracts/generated/organizations_pb.js';
import type { PeopleService } from '#contracts/generated/people_pb.js';
import type { RateService } from '#contracts/generated/rates_pb.js';
import type { RenderingService } from '#contracts/generated/rendering_pb.js';
import type { ServiceAccountService } from '#contracts/generated/service_accounts_pb.js';
import type { TokenService } from '#contracts/generated/tokens_pb.js';
import type { DATA_API } from '#contracts/rest/data-api.ts';
import type { JobClient } from '#platform/jobs/lease.ts';
import type { JobWorker } from '#platform/jobs/worker.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { Outbound } from '#platform/outbound/outbound.ts';
import type { RestClient } from '#platform/rest/endpoint-types.ts';
import type { ScanFiles } from '#platform/scan/scan-files.ts';
import type { LinkSigner } from '#platform/secrets/link-signer.ts';
import type { Service } from '#platform/service/service.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import type { Metrics } from '#platform/telemetry/metrics.ts';
import { createAccessTokens } from './access/access-tokens.ts';
import { createAllowedOrigins } from './access/allowed-origins.ts';
import { createAuthenticator } from './access/authentication.ts';
import { addDocsPage } from './docs-page.ts';
import { createEventHub } from './events/hub.ts';
import { eventRoutes } from './events/server-sent-events.ts';
import { serveWebSockets } from './events/websocket.ts';
import type { Gateway, GatewaySettings, ReadinessCheck } from './gateway.ts';
import { createSharePasswords } from './links/share-passwords.ts';
import { RateLimits } from './rate-limits/rate-limits.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { assetRoutes } from './routes/assets.ts';
import { auditRoutes } from './routes/audit-log.ts';
import { batchRoutes } from './routes/batches.ts';
import { directUploadRoutes } from './routes/direct-uploads.ts';
import { downloadRoutes } from './routes/downloads.ts';
import { environmentRoutes } from './routes/environments.ts';
import { exportModelRoutes } from './routes/export-model.ts';
import { jobRoutes } from './routes/jobs.ts';
import { linkRoutes } from './routes/links.ts';
import { meRoutes } from './routes/me.ts';
import { oidcRoutes } from './routes/oidc.ts';
import { organizationRoutes } from './routes/organizations.ts';
import { projectMemberRoutes } from './routes/project-members.ts';
import { projectRoutes } from './routes/projects.ts';
import { recipeRoutes } from './routes/recipes.ts';
import { renderByUrlRoutes } from './routes/render-by-url.ts';
import { renderRoutes } from './routes/renders.ts';
import { serviceRoutes } from './routes/service.ts';
import { serviceAccountRoutes } from './routes/service-accounts.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { tokenRoutes } from './routes/tokens.ts';
import { uploadRoutes } from './routes/uploads.ts';
import { validationProfileRoutes } from './routes/validation-profiles.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { createServer } from './server.ts';
import { trackSilentConnections } from './silent-connections.ts';
import { trackSessions } from './tls.ts';
import { startDeliveries } from './worker.ts';

/** What answers on their way get when the server stops. */
const CLOSING_MS = 5000;

/** What the gateway needs. */
export interface GatewayServiceDeps {
  data: RestClient<typeof DATA_API>;
  auth: Client<typeof AuthService>;
  people: Client<typeof PeopleService>;
  organizations: Client<typeof OrganizationService>;
  serviceAccounts: Client<typeof ServiceAccountService>;
  tokens: Client<typeof TokenService>;
  /** What all gateways together have let in; undefined where there is but one. */
  rates: Client<typeof RateService> | undefined;
  events: Client<typeof EventService>;
  jobs: JobClient;
  rendering: Client<typeof RenderingService>;
  geometry: Client<typeof GeometryService>;
  objects: ObjectStore;
  /** The way to the endpoints of webhooks. */
  outbound: Outbound;
  links: LinkSigner;
  scan: ScanFiles;
  settings: GatewaySettings;
  logger: Logger;
  metrics: Metrics;
  /** Asks every part that this process needs. */
  readiness: ReadinessCheck;
}

/** The gateway: the one entry for clients. It owns no data and does no work; it lets in, routes and streams. */
export function createGatewayService(deps: GatewayServiceDeps): Service {
  const accessTokens = createAccessTokens(deps.tokens, { issuer: deps.settings.issuer ?? DEFAULT_ISSUER });
  const gateway: Gateway = {
    ...deps,
    authenticator: createAuthenticator({ ...deps, accessTokens }),
    allowedOrigins: createAllowedOrigins(deps, deps.settings.corsOrigins ?? []),
    rateLimits: new RateLimits(deps.settings.rates),
    sharePasswords: createSharePasswords(deps.data),
    hub: createEventHub(deps.events, deps.logger),
  };
  const { rates } = deps;
  const sharedCounts =
    rates &&
    gateway.rateLimits.share(async (counted) => (await rates.countRequests({ counted })).untilFull, deps.logger);
  const stopping = new AbortController();
  const http = createServer(gateway, {
    ...projectRoutes(gateway),
    ...assetRoutes(gateway),
    ...uploadRoutes(gateway),
    ...directUploadRoutes(gateway),
    ...linkRoutes(gateway),
    ...downloadRoutes(gateway),
    ...recipeRoutes(gateway),
    ...renderRoutes(gateway),
    ...environmentRoutes(gateway),
    ...exportModelRoutes(gateway),
    ...validationProfileRoutes(gateway),
    ...renderByUrlRoutes(gateway),
    ...jobRoutes(gateway),
    ...batchRoutes(gateway),
    ...webhookRoutes(gateway),
    ...apiKeyRoutes(gateway),
    ...meRoutes(gateway),
    ...signInRoutes(gateway),
    ...tokenRoutes(gateway),
    ...oidcRoutes(gateway),
    ...auditRoutes(gateway),
    ...serviceAccountRoutes(gateway),
    ...organizationRoutes(gateway),
    ...projectMemberRoutes(gateway),
    ...eventRoutes(gateway, stopping.signal),
    ...serviceRoutes(gateway),
  });
  const closeSilent = trackSilentConnections(http.server);
  const closeSessions = trackSessions(http.server);
  addDocsPage(http);
  serveWebSockets(http.server, gateway, stopping.signal);
  let deliveries: JobWorker | undefined;

  return {
    role: 'gateway',
    http,
    async start() {
      gateway.hub.start();
      deliveries = startDeliveries(deps);
    },
    async ready() {
      if (gateway.hub.connected()) return { ready: true };
      return { ready: false, reason: 'the stream of events has not been reached yet' };
    },
    async stop() {
      stopping.abort();
      await Promise.all([gateway.hub.stop(), deliveries?.stop(), sharedCounts?.stop()]);
      // Answers on their way get a moment; whoever takes longer is cut off.
      const timer = setTimeout(() => {
        http.server.closeAllConnections?.();
        closeSessions();
      }, CLOSING_MS);
      const closed = http.close();
      closeSilent();
      await closed;
      clearTimeout(timer);
    },
  };
}
