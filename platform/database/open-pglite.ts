import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type ClientBase, escapeIdentifier, Pool } from 'pg';
import { ChangeCount } from './change-count.ts';
import type { Database } from './database.ts';
import { lockDirectory } from './directory-lock.ts';
import { embeddedDatabaseFailed } from './errors.ts';
import { inSystemScope, maintainPglite } from './pglite-maintenance.ts';
import { PgliteStream } from './pglite-stream.ts';
import { copyTemplate, TEMPLATE_DIRECTORY } from './pglite-template.ts';
import type { FromPgliteWorker, PgliteWorkerOptions, ToPgliteWorker } from './pglite-worker.ts';
import { createSqlDatabase } from './sql-database.ts';
import { Subscriptions } from './subscriptions.ts';
import { VALUE_TYPES } from './value-types.ts';

/** Options of `openPglite`. */
export interface PgliteOptions {
  /** Where the database lies; made when it is not there. One process at a time uses it. */
  directory: string;
  /** Where empty databases to copy from are kept; beside the installed packages unless given. */
  templateDirectory?: string;
  /**
   * Whether a commit waits until it is on the disk (default true). Without, a killed process loses nothing either, but
   * a machine that loses power may lose or damage the database: for tests and throwaway data.
   */
  durable?: boolean;
  /** Waiting for the one connection is given up after this. Default 60,000 ms. */
  connectionTimeoutMs?: number;
}

/** How often the work is done that a server's daemons would do. */
const MAINTENANCE_EVERY_MS = 60_000;

/**
 * Opens the embedded operational database: PGlite (PostgreSQL compiled to WebAssembly) in a worker thread, one
 * connection. Statements run one after the other and statement timeouts are not enforced.
 *
 * PGlite by itself never waits for the disk. Here its fsync reaches the disk, so that with `durable` a commit survives
 * kill -9 and loss of power, as on a server. Nor has it daemons: once a minute the tables that need it are vacuumed and
 * a checkpoint is written.
 * @throws MaquetteError `data_directory_locked` when another process uses the directory, `storage_failed` when the
 * database in it cannot be opened.
 */
export async function openPglite(options: PgliteOptions): Promise<Database<unknown>> {
  const directory = resolve(options.directory);
  const { templateDirectory = TEMPLATE_DIRECTORY, durable = true, connectionTimeoutMs = 60_000 } = options;
  await mkdir(directory, { recursive: true });
  // The engine's files are readable for all by its own settings; their folder is not.
  await chmod(directory, 0o700);
  const lock = await lockDirectory(directory);

  let worker: Worker;
  try {
    const cluster = join(directory, 'cluster');
    if (!(await isThere(cluster))) {
      const initialize = async (fresh: string) => {
        await mkdir(fresh, { recursive: true });
        await stopWorker(await startWorker({ cluster: fresh, durable: false }));
      };
      await copyTemplate(cluster, templateDirectory, initialize, durable);
    }
    worker = await startWorker({ cluster, durable });
  } catch (error) {
    await lock.release();
    throw embeddedDatabaseFailed(directory, error);
  }

  const subscriptions = new Subscriptions();
  const changes = new ChangeCount();
  let connections = 0;
  /** The pool waits for it. Only a connection that replaces a broken one finds channels to listen to. */
  async function onConnect(client: ClientBase): Promise<void> {
    client.on('notification', ({ channel, payload }) => subscriptions.deliver(channel, payload ?? ''));
    const channels = subscriptions.channels();
    if (channels.length === 0) return;
    await client.query(channels.map((channel) => `listen ${escapeIdentifier(channel)}`).join(';'));
    queueMicrotask(() => subscriptions.deliverToAll());
  }
  const pool = new Pool({
    stream: () => new PgliteStream(worker, ++connections),
    user: 'postgres',
    database: 'postgres',
    max: 1,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: connectionTimeoutMs,
    types: VALUE_TYPES,
    onConnect,
  });
  pool.on('error', () => {});

  const checkpoint = () => inSystemScope(pool, async (client) => void (await client.query('checkpoint')));
  const maintenance = setInterval(
    () => void inSystemScope(pool, maintainPglite).catch(() => {}),
    MAINTENANCE_EVERY_MS,
  ).unref();

  return createSqlDatabase({
    engine: 'pglite',
    pool,
    maxConnections: 1,
    connectionTimeoutMs,
    async listen(channel, heard) {
      subscriptions.add(channel, heard);
      try {
        await pool.query(`listen ${escapeIdentifier(channel)}`);
      } catch (error) {
        subscriptions.remove(channel, heard);
        throw error;
      }
      return async () => {
        if (subscriptions.remove(channel, heard) && !pool.ending) {
          await pool.query(`unlisten ${escapeIdentifier(channel)}`).catch(() => {});
        }
      };
    },
    generation: async () => changes.generation(),
    ended: (statement) => changes.note(statement),
    checkpoint,
    async close() {
      clearInterval(maintenance);
      await stopWorker(worker);
      await lock.release();
    },
  });
}

/** The part of the global that is needed; its types come with browsers only. */
const { WebAssembly } = globalThis as unknown as { WebAssembly: { compile(bytes: Uint8Array): Promise<object> } };

let engineModule: Promise<object> | null = null;

/** PGlite's engine, compiled once for all databases of this process. */
async function compileEngine(): Promise<object> {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  return WebAssembly.compile(await readFile(join(dirname(main), 'pglite.wasm')));
}

async function startWorker(options: Omit<PgliteWorkerOptions, 'module'>): Promise<Worker> {
  engineModule ??= compileEngine();
  const workerData: PgliteWorkerOptions = { ...options, module: await engineModule };
  const worker = new Worker(new URL('./pglite-worker.ts', import.meta.url), { workerData });
  // One listener a connection and some around it.
  worker.setMaxListeners(0);
  await new Promise<void>((opened, failed) => {
    worker.once('error', failed);
    worker.once('exit', (code) => failed(new Error(`the worker thread ended with ${code}`)));
    worker.once('message', (message: FromPgliteWorker) => {
      if (message.type === 'failed') failed(new Error(message.reason));
      else opened();
    });
  });
  // From here on its end breaks the connection, and that the queries report.
  worker.on('error', () => {});
  return worker;
}

async function stopWorker(worker: Worker): Promise<void> {
  if (worker.threadId === -1) return;
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  worker.postMessage({ type: 'close' } satisfies ToPgliteWorker);
  await ended;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
