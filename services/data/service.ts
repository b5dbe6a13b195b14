import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { DATA_API } from '#contracts/rest/data-api.ts';
import type { Bus } from '#platform/bus/bus.ts';
import { BUS_MIGRATIONS } from '#platform/bus/migrations.ts';
import type { Database } from '#platform/database/database.ts';
import { secureRows } from '#platform/database/row-security.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { memoryTransport } from '#platform/rest/memory-transport.ts';
import { serveOperations } from '#platform/rest/serve-operations.ts';
import type { Sealer } from '#platform/secrets/sealer.ts';
import type { Service } from '#platform/service/service.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { auditing } from './audit.ts';
import { react } from './flow.ts';
import { DATA_MIGRATIONS } from './migrations.ts';
import type { OperationDeps } from './operations/operation.ts';
import { NO_QUOTAS, type Quotas } from './quotas/quotas.ts';
import type { Reactions } from './reactions.ts';
import { restHandlers } from './rest.ts';
import { ROW_RULES } from './row-rules.ts';
import { registerRpc } from './rpc.ts';
import { SWEEP_DEFAULTS, type SweepSettings, startSweep } from './sweep.ts';
import type { DataSchema, DataTrx } from './tables.ts';
import { inTenantScope } from './tenant-handlers.ts';
import { TestOrganizations } from './test-mode/test-organizations.ts';
import { announce } from './webhooks/announce.ts';

/** Name of the consumer that carries out the reactions. */
const FLOW_CONSUMER = 'flow';
/** Name of the consumer that tells the webhooks; apart, so that neither waits for the other. */
const WEBHOOK_CONSUMER = 'webhooks';
/** An upload of some ten thousand files still fits: its request lists their names and hashes. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** Kept unless the operator says otherwise. */
const RECIPE_CACHE_BYTES = 2 * 1024 ** 3;

export interface DataServiceDeps {
  /** Where the service keeps its tables and the bus's; it brings both up to date. */
  database: Database<unknown>;
  /** Over the same database. */
  bus: Bus;
  objects: ObjectStore;
  /** Keeps the secrets that the tables hold. */
  sealer: Sealer;
  logger: Logger;
  reactions: Reactions;
  /** What organisations may use; any amount unless given. */
  quotas?: Quotas;
  /** What results of steps of recipes may take in all, in bytes; 0: none are kept. */
  recipeCacheBytes?: number;
  sweep?: Partial<SweepSettings>;
}

/**
 * The data service: the only owner of projects, assets, versions, derivatives, renders and jobs. It writes a change and
 * its event in one transaction.
 */
export async function createDataService(deps: DataServiceDeps): Promise<Service> {
  const { bus, objects, sealer, logger, reactions, quotas = NO_QUOTAS, recipeCacheBytes = RECIPE_CACHE_BYTES } = deps;
  const database = deps.database.as<DataSchema>();
  await database.migrate(BUS_MIGRATIONS);
  await database.migrate(DATA_MIGRATIONS);
  await secureRows(deps.database, ROW_RULES);
  const testOrganizations = new TestOrganizations(database);
  const operations: OperationDeps = {
    database: auditing(database),
    bus,
    objects,
    sealer,
    reactions,
    quotas,
    testOrganizations,
    recipeCacheBytes,
  };
  const stopping = new AbortController();

  const handlers = inTenantScope(restHandlers(operations, stopping.signal), testOrganizations);
  const serving = { logger, bodyLimitBytes: BODY_LIMIT_BYTES };
  let http: FastifyInstance | undefined;
  let stopSweep = async () => {};

  return {
    role: 'data',
    internal: {
      transport: memoryTransport(handlers, serving),
      http() {
        http ??= serveOperations(DATA_API, handlers, serving);
        return http;
      },
    },
    rpc: (router) => registerRpc(router, operations, stopping.signal),
    async start() {
      await bus.consume(FLOW_CONSUMER, async (trx, event) => {
        try {
          // The bus hands out transactions of this very database and knows only its own tables in it.
          await react(trx as DataTrx, operations, event);
        } catch (error) {
          logger.error({ err: error, event: event.id, type: event.type }, 'the reaction failed and will be repeated');
          throw error;
        }
      });
      await bus.consume(WEBHOOK_CONSUMER, (trx, event) => announce(trx as DataTrx, bus, event));
      stopSweep = startSweep(operations, { ...SWEEP_DEFAULTS, ...deps.sweep }, logger);
    },
    async ready() {
      try {
        await sql`select 1`.execute(database.kysely);
        return { ready: true };
      } catch (error) {
        return {
          ready: false,
          reason: `the database does not answer: ${error instanceof Error ? error.message : error}`,
        };
      }
    },
    async stop() {
      stopping.abort();
      await stopSweep();
      await http?.close();
    },
  };
}
