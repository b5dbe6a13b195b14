import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { BUS_MIGRATIONS } from '#platform/bus/migrations.ts';
import { openPglite } from '#platform/database/open-pglite.ts';
import { templateName } from '#platform/database/pglite-template.ts';
import { secureRows } from '#platform/database/row-security.ts';
import { AUTH_MIGRATIONS } from '#services/auth/migrations.ts';
import { AUTH_ROW_RULES } from '#services/auth/row-rules.ts';
import { DATA_MIGRATIONS } from '#services/data/migrations.ts';
import { ROW_RULES } from '#services/data/row-rules.ts';
import { RUN_FOLDER } from './run-folder.ts';

let made: Promise<string> | null = null;

/**
 * A folder of templates for `openPglite` whose databases have had the migrations of all services: these take seconds on
 * PGlite, and each test file needs a database of its own. Made once in a run, by whichever file is first.
 */
export function migratedTemplate(): Promise<string> {
  made ??= makeTemplate();
  return made;
}

async function makeTemplate(): Promise<string> {
  const run = process.env[RUN_FOLDER];
  if (run === undefined) throw new Error(`${RUN_FOLDER} is not set: run the tests by vitest`);
  const templates = join(run, 'templates');
  const template = join(templates, await templateName());
  if (await isThere(template)) return templates;
  const directory = join(run, `database-${process.pid}`);
  const database = await openPglite({ directory, durable: false });
  for (const migrations of [AUTH_MIGRATIONS, BUS_MIGRATIONS, DATA_MIGRATIONS]) await database.migrate(migrations);
  for (const rules of [AUTH_ROW_RULES, ROW_RULES]) await secureRows(database, rules);
  await database.close();
  await mkdir(templates, { recursive: true });
  await rename(join(directory, 'cluster'), template).catch(async (error: unknown) => {
    // Another file was faster: its template is as good.
    if (!(await isThere(template))) throw error;
  });
  await rm(directory, { recursive: true, force: true });
  return templates;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
