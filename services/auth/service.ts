import { sql } from 'kysely';
import type { Database } from '#platform/database/database.ts';
import type { Service } from '#platform/service/service.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { KeyUsage } from './key-usage.ts';
import { AUTH_MIGRATIONS } from './migrations.ts';
import { registerRpc } from './rpc.ts';
import type { AuthSchema } from './tables.ts';

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
  return {
    role: 'auth',
    rpc: (router) => registerRpc(router, { database: own, usage, logger }),
    async start() {},
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
    stop: () => usage.flush(),
  };
}
