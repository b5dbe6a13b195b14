import type { Config } from '#platform/config/definitions.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/open-pglite.ts';
import { openPostgresql } from '#platform/database/open-postgresql.ts';
import type { Role } from '#platform/service/service.ts';
import type { DataFolders } from './data-folders.ts';

/** Opens the database when one of the roles owns tables: PostgreSQL when its URL is set, else the embedded one. */
export async function openDatabase(
  roles: readonly Role[],
  config: Config,
  folders: DataFolders,
): Promise<Database<unknown> | undefined> {
  if (!roles.includes('auth') && !roles.includes('data')) return undefined;
  if (config.databaseUrl === undefined) return openPglite({ directory: folders.database });
  return openPostgresql({ url: config.databaseUrl, maxConnections: config.databaseConnections });
}
