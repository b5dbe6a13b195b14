import { sql } from 'kysely';
import type { Database } from '#platform/database/database.ts';
import { forgetKeys } from '#platform/idempotency/once.ts';
import type { Service } from '#platform/service/service.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { KeyUsage } from './key-usage.ts';
import { AUTH_MIGRATIONS } from './migrations.ts';
import { registerRpc } from './rpc.ts';
import { type AuthSchema, IDEMPOTENCY_TABLE } from './tables.ts';

/** Between two deletions of old idempotency keys. */
const FORGET_INTERVAL_MS = 3_600_000;

export interface AuthServiceDeps {
  /** Where the service keeps its tables; it brings them up to date. */
  database: Database<unknown>;
  logger: Logger;
}

/** The auth service: the only owner of organisations, users, memberships and API keys. */
export async function createAuthService({ database, logger }: AuthServiceDeps): Promise<Service> {
  await database.migrate(AUTH_MIGRATIONS);
  const own = database.as<AuthSchema>();
  const usage = new KeyUsage(own.kysely, logger);
  let forgetting: NodeJS.Timeout | undefined;
  const forget = () =>
    void forgetKeys(own.kysely, IDEMPOTENCY_TABLE).catch((error) =>
      logger.warn({ err: error }, 'old idempotency keys could not be deleted'),
    );
  return {
    role: 'auth',
    rpc: (router) => registerRpc(router, { database: own, usage, logger }),
    async start() {
      forgetting = setInterval(forget, FORGET_INTERVAL_MS).unref();
    },
    async ready() {
      try {
        await sql`select 1`.execute(own.kysely);
        return { ready: true };
      } catch (error) {
        return {
          ready: false,
          reason: `the database does not answer: ${error instanceof Error ? error.message : error}`,
        };
      }
    },
    async stop() {
      clearInterval(forgetting);
      await usage.flush();
    },
  };
}
