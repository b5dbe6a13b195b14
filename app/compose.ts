import { availableParallelism } from 'node:os';
import { AuthService } from '#contracts/generated/auth_pb.js';
import { EventService, JobService, RenderRecordService } from '#contracts/generated/data_pb.js';
import { GeometryService } from '#contracts/generated/geometry_pb.js';
import { OrganizationService } from '#contracts/generated/organizations_pb.js';
import { PeopleService } from '#contracts/generated/people_pb.js';
import { RateService } from '#contracts/generated/rates_pb.js';
import { RenderingService } from '#contracts/generated/rendering_pb.js';
import { ServiceAccountService } from '#contracts/generated/service_accounts_pb.js';
import { TokenService } from '#contracts/generated/tokens_pb.js';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { createBus } from '#platform/bus/create-bus.ts';
import { BUS_MIGRATIONS } from '#platform/bus/migrations.ts';
import type { BusTables } from '#platform/bus/tables.ts';
import type { Config } from '#platform/config/definitions.ts';
import type { Database } from '#platform/database/database.ts';
import { openFolderStore } from '#platform/objects/folder-store.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { createOutbound } from '#platform/outbound/outbound.ts';
import type { OutboundPolicy } from '#platform/outbound/target.ts';
import { openScanner } from '#platform/scan/open-scanner.ts';
import { createScan } from '#platform/scan/scan-files.ts';
import { createLinkSigner } from '#platform/secrets/link-signer.ts';
import { createSealer } from '#platform/secrets/sealer.ts';
import type { Role, Service } from '#platform/service/service.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { createMetrics, type Metrics } from '#platform/telemetry/metrics.ts';
import { createAuthService } from '#services/auth/service.ts';
import { createDataService } from '#services/data/service.ts';
import { createGatewayService } from '#services/gateway/service.ts';
import { createGeometryService } from '#services/geometry/service.ts';
import { createRenderingService } from '#services/rendering/service.ts';
import { authSettings, oidcSettings } from './auth-settings.ts';
import { Connections } from './connections.ts';
import { type DataFolders, sealingKeyOf } from './data-folders.ts';
import { REACTIONS } from './flow.ts';
import { quotasIn, runningLimits } from './quotas.ts';

/** A composed, not yet started process. */
export interface Composition {
  readonly connections: Connections;
  readonly metrics: Metrics;
  /** Whether every role of this process can serve; the reasons when not. */
  readiness(): Promise<{ ready: boolean; reasons: Record<string, string> }>;
  start(): Promise<void>;
  /** Stops the services, the last made first, then frees what they stood on. */
  stop(): Promise<void>;
}

/**
 * The composition root: makes the services of a set of roles, and gives each what it needs.
 *
 * @throws MaquetteError what a store says that cannot be opened.
 */
export async function compose(options: {
  roles: readonly Role[];
  config: Config;
  folders: DataFolders;
  /** For the roles that own tables; closed with the rest. */
  database: Database<unknown> | undefined;
  logger: Logger;
}): Promise<Composition> {
  const { roles, config, folders, logger, database } = options;
  const metrics = createMetrics();
  const connections = new Connections(roles, config);
  const embedded = roles.includes('auth') && config.databaseUrl === undefined;
  const outboundPolicy: OutboundPolicy = { allow: config.outboundAllow ?? [], ports: config.outboundPorts };
  const outbound = createOutbound(outboundPolicy);
  const closers: (() => Promise<void>)[] = [];
  const opened = <T extends { close(): Promise<void> }>(resource: T): T => {
    closers.push(() => resource.close());
    return resource;
  };
  const loggerOf = (role: Role) => logger.child({ role });

  try {
    if (database) opened(database);
    const objects = opened(await openObjects(config, folders));

    const scan = createScan({
      scanner: openScanner(config.scan),
      whenAway: config.scanWhenAway,
      objects,
      logger,
    });

    const sealingKey = config.sealingKey ?? (await sealingKeyOf(folders));
    const sealer = database && createSealer(sealingKey);

    if (database && sealer && roles.includes('auth')) {
      connections.add(
        await createAuthService({ database, sealer, logger: loggerOf('auth'), settings: authSettings(config) }),
      );
    }
    if (database && sealer && roles.includes('data')) {
      await database.migrate(BUS_MIGRATIONS);
      const bus = opened(
        await createBus(database.as<BusTables>(), {
          limits: runningLimits(config),
          consumerFailed: ({ error, ...failure }) =>
            loggerOf('data').warn({ err: error, ...failure }, 'a consumer failed'),
        }),
      );
      connections.add(
        await createDataService({
          database,
          bus,
          objects,
          sealer,
          logger: loggerOf('data'),
          reactions: REACTIONS,
          quotas: quotasIn(config),
          recipeCacheBytes: config.recipeCache,
          sweep: { auditDays: config.auditDays },
        }),
      );
    }
    // The two wait for processes to start; together they wait once.
    const workers = await Promise.all([
      roles.includes('geometry') &&
        createGeometryService({
          jobs: connections.client('data', JobService),
          objects,
          workFolder: folders.work,
          outbound,
          scan,
          limits: ModelLimits.parse({ triangles: config.modelTriangles, fileBytes: config.uploadLimit }),
          sandboxLimits: {
            memoryBytes: config.geometryMemory,
            seconds: config.geometrySeconds,
            outputBytes: 4 * config.uploadLimit,
          },
          concurrency: config.geometryConcurrency,
          threads: config.renderThreads ?? availableParallelism(),
          leaseMs: config.jobLeaseSeconds * 1000,
          logger: loggerOf('geometry'),
          metrics,
        }),
      roles.includes('rendering') &&
        createRenderingService({
          jobs: connections.client('data', JobService),
          renders: connections.client('data', RenderRecordService),
          objects,
          workFolder: folders.work,
          sandboxLimits: { memoryBytes: config.renderMemory, seconds: config.renderSeconds, outputBytes: 2 ** 30 },
          threads: config.renderThreads ?? availableParallelism(),
          concurrency: config.renderConcurrency,
          leaseMs: config.jobLeaseSeconds * 1000,
          logger: loggerOf('rendering'),
          metrics,
        }),
    ]);
    for (const service of workers) if (service) connections.add(service);
    const readiness = () => readinessOf(connections.all());
    if (roles.includes('gateway')) {
      connections.add(
        await createGatewayService({
          data: connections.data(),
          auth: connections.client('auth', AuthService),
          people: connections.client('auth', PeopleService),
          organizations: connections.client('auth', OrganizationService),
          serviceAccounts: connections.client('auth', ServiceAccountService),
          tokens: connections.client('auth', TokenService),
          // The embedded database is of one process alone, and so is its gateway.
          rates: embedded ? undefined : connections.client('auth', RateService),
          events: connections.client('data', EventService),
          rendering: connections.client('rendering', RenderingService),
          geometry: connections.client('geometry', GeometryService),
          jobs: connections.client('data', JobService),
          outbound,
          links: createLinkSigner(config.linkKeys ?? [sealingKey]),
          scan,
          objects,
          settings: {
            uploadLimitBytes: config.uploadLimit,
            outbound: outboundPolicy,
            rates: {
              read: config.rateRead,
              write: config.rateWrite,
              work: config.rateWork,
              failures: config.rateFailures,
              address: config.rateAddress,
            },
            trustedProxies: config.trustedProxies,
            corsOrigins: config.corsOrigins,
            tls:
              config.tlsCertificate !== undefined && config.tlsKey !== undefined
                ? { certificate: config.tlsCertificate, key: config.tlsKey }
                : undefined,
            ...(config.publicUrl !== undefined && { issuer: config.publicUrl, publicUrl: config.publicUrl }),
            ...oidcSettings(config),
          },
          logger: loggerOf('gateway'),
          metrics,
          readiness,
        }),
      );
    }
    return {
      connections,
      metrics,
      readiness,
      async start() {
        for (const service of connections.all()) await service.start();
      },
      async stop() {
        for (const service of connections.all().reverse()) await service.stop();
        for (const close of closers.reverse()) await close();
      },
    };
  } catch (error) {
    for (const service of connections.all().reverse()) await service.stop().catch(() => {});
    for (const close of closers.reverse()) await close().catch(() => {});
    throw error;
  }
}

/** The objects: in the data folder, or in a bucket, whose client is loaded only where it is used. */
async function openObjects(config: Config, folders: DataFolders): Promise<ObjectStore> {
  const { s3Bucket: bucket, s3Endpoint: endpoint, s3Region: region, s3Prefix: prefix = '' } = config;
  const { s3PublicEndpoint: publicEndpoint } = config;
  if (bucket === undefined) return openFolderStore({ directory: folders.objects });
  const { openBucketStore } = await import('#platform/objects/s3/bucket-store.ts');
  return openBucketStore({ bucket, endpoint, publicEndpoint, region, prefix, spoolFolder: folders.work });
}

async function readinessOf(services: Service[]): Promise<{ ready: boolean; reasons: Record<string, string> }> {
  const reasons: Record<string, string> = {};
  await Promise.all(
    services.map(async (service) => {
      const state = await service.ready().catch((error: Error) => ({ ready: false as const, reason: error.message }));
      if (!state.ready) reasons[service.role] = state.reason;
    }),
  );
  return { ready: Object.keys(reasons).length === 0, reasons };
}
