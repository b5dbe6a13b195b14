import { readFile } from 'node:fs/promises';
import { loadConfig } from '#platform/config/config.ts';
import { createLogger } from '#platform/telemetry/logger.ts';
import { startTracing } from '#platform/telemetry/tracing.ts';
import { banner } from './banner.ts';
import { openDataFolders } from './data-folders.ts';
import { addSamples, bootstrap, findEmptyLibrary } from './first-start.ts';
import { listen } from './listen.ts';
import { openDatabase } from './open-database.ts';
import { checkRequirements } from './requirements.ts';
import { parseRoles } from './roles.ts';
import { stopSignal } from './stop-signal.ts';

/**
 * Runs the server until SIGINT or SIGTERM, then stops in order: ports, services, stores.
 *
 * @param options.roles names of roles; none for all.
 * @param options.samples whether to fill an empty library with the sample models.
 * @throws MaquetteError when it cannot start.
 */
export async function serve(options: { roles: string[]; samples: boolean }): Promise<void> {
  const started = performance.now();
  const roles = parseRoles(options.roles);
  const config = loadConfig(process.env, await readFile('maquette.config.json', 'utf8').catch(() => undefined));
  checkRequirements(roles, config);
  const logger = createLogger({ level: config.logLevel });
  const stopTracing = await startTracing(process.env, `maquette-${roles.length > 1 ? 'server' : roles[0]}`);
  const folders = await openDataFolders(config.data);
  // The embedded database takes half a second to open, in a thread of its own: the services' code is loaded meanwhile.
  const [database, { compose }] = await Promise.all([openDatabase(roles, config, folders), import('./compose.ts')]);
  const composition = await compose({ roles, config, folders, database, logger });
  const signal = stopSignal();
  try {
    const listening = await listen(composition, roles, config);
    await composition.start();
    const first = roles.includes('auth') ? await bootstrap(composition.connections, config, folders) : undefined;
    const seconds = (performance.now() - started) / 1000;
    logger.info({ roles, url: listening.publicUrl, seconds }, 'started');
    // Samples come by HTTP, where a certificate of another name would be in the way.
    const wantsSamples = options.samples && config.samples && config.tlsKey === undefined;
    if (listening.publicUrl && first) {
      const empty = wantsSamples ? await findEmptyLibrary(composition.connections, first) : undefined;
      console.log(banner({ url: listening.publicUrl, key: first.key, seconds }));
      if (empty) {
        addSamples(empty, listening.publicUrl, logger).catch((error) =>
          logger.error({ err: error }, 'adding the sample models failed'),
        );
      }
    }
    const name = await signal;
    logger.info({ signal: name }, 'stopping');
    await listening.close();
  } finally {
    await composition.stop();
    await stopTracing();
  }
}
