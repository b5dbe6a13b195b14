import { sql } from 'kysely';
import { pruneAudit } from '#platform/audit/audit-log.ts';
import type { Database } from '#platform/database/database.ts';
import { secureRows } from '#platform/database/row-security.ts';
import { forgetKeys } from '#platform/idempotency/once.ts';
import type { Sealer } from '#platform/secrets/sealer.ts';
import type { Service } from '#platform/service/service.ts';
import type { Logger } from '#platform/telemetry/logger.ts';
import { AUTH_DEFAULTS, type AuthSettings } from './auth-deps.ts';
import { KeyUsage } from './key-usage.ts';
import { AUTH_MIGRATIONS } from './migrations.ts';
import { pruneSessions } from './people/sessions.ts';
import { pruneFailures } from './people/sign-in-failures.ts';
import { pruneRateCounts } from './rates/rate-counts.ts';
import { AUTH_ROW_RULES } from './row-rules.ts';
import { registerRpc } from './rpc.ts';
import { AUDIT_TABLE, type AuthReader, type AuthSchema, IDEMPOTENCY_TABLE } from './tables.ts';
import { pruneRevocations } from './tokens/revocations.ts';
import { pruneKeys } from './tokens/signing-keys.ts';

/** Between two deletions of what is old. */
const FORGET_INTERVAL_MS = 3_600_000;

export interface AuthServiceDeps {
  /** Where the service keeps its tables; it brings them up to date. */
  database: Database<unknown>;
  /** Keeps the private keys of access tokens. */
  sealer: Sealer;
  logger: Logger;
  settings?: Partial<AuthSettings>;
}

/** The auth service: the only owner of organisations, people, memberships, sessions and API keys. */
export async function createAuthService({ database, sealer, logger, ...given }: AuthServiceDeps): Promise<Service> {
  const settings = { ...AUTH_DEFAULTS, ...given.settings };
  await database.migrate(AUTH_MIGRATIONS);
  await secureRows(database, AUTH_ROW_RULES);
  const own = database.as<AuthSchema>();
  const usage = new KeyUsage(own.kysely, logger);
  let forgetting: NodeJS.Timeout | undefined;
  const forget = () =>
    void prune(own.kysely, settings).catch((error) => logger.warn({ err: error }, 'what is old could not be deleted'));
  return {
    role: 'auth',
    rpc: (router) => registerRpc(router, { database: own, sealer, usage, logger, settings }),
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

async function prune(db: AuthReader, settings: AuthSettings): Promise<void> {
  await forgetKeys(db, IDEMPOTENCY_TABLE);
  await pruneAudit(db, AUDIT_TABLE, settings.auditDays);
  await pruneSessions(db, settings.session);
  await pruneFailures(db);
  await pruneKeys(db);
  await pruneRevocations(db);
  await pruneRateCounts(db);
}
