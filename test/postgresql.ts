import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port.ts';

/** The server that a machine has for itself, reachable without a password. */
const LOCAL_DEFAULT = 'postgresql://postgres@127.0.0.1:5432/postgres';
/** Where Debian's packages put the programs of each version. */
const DEBIAN_PROGRAMS = '/usr/lib/postgresql';
/** A kept database of a failed run goes after this. */
const KEEP_MS = 24 * 3600 * 1000;

/** A database of its own on the PostgreSQL server. */
export interface TestDatabase {
  url: string;
  /** Deletes it, open connections included. */
  drop(): Promise<void>;
}

let found: Promise<string | null> | null = null;

/**
 * A PostgreSQL server for tests: `MAQUETTE_TEST_DATABASE_URL`, else the machine's own on port 5432, else one that is
 * started from Debian's package and stopped when this process ends. Null when there is none of these, and then the
 * console says so, once.
 * @returns the URL of a database from which others can be made.
 */
export function findPostgresql(): Promise<string | null> {
  found ??= find();
  return found;
}

async function find(): Promise<string | null> {
  const given = process.env.MAQUETTE_TEST_DATABASE_URL;
  if (given !== undefined && given !== '') {
    // Asked for by name: not to find it is an error, not a reason to skip.
    await tryToConnect(given);
    return given;
  }
  try {
    await tryToConnect(LOCAL_DEFAULT);
    return LOCAL_DEFAULT;
  } catch {
    const started = await startFromDebian().catch((error: unknown) => {
      console.warn(`PostgreSQL is installed but does not start: ${error}`);
      return null;
    });
    if (started === null) {
      console.warn(
        'No PostgreSQL here: its tests are skipped. Install one (Debian: postgresql) or set MAQUETTE_TEST_DATABASE_URL.',
      );
    }
    return started;
  }
}

/**
 * Makes an empty database on the server that `findPostgresql` found.
 * @throws when there is none.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await findPostgresql();
  if (server === null) throw new Error('there is no PostgreSQL to make a test database on');
  const name = `maquette_test_${Date.now()}_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  await onServer(server, async (client) => {
    await dropOld(client);
    await client.query(`create database ${name}`);
  });
  const url = new URL(server);
  url.pathname = name;
  return {
    url: url.href,
    drop: () => onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

async function tryToConnect(url: string): Promise<void> {
  await onServer(url, (client) => client.query('select 1'));
}

async function onServer(url: string, work: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  // A server that goes away is reported by the query at hand.
  client.on('error', () => {});
  try {
    await client.connect();
    await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Removes the databases that failed runs left for looking at, when nobody looked for a day. */
async function dropOld(client: Client): Promise<void> {
  const { rows } = await client.query<{ datname: string }>(
    `select datname from pg_database where datname ~ '^maquette_test_[0-9]+_'`,
  );
  for (const { datname } of rows) {
    if (Date.now() - Number(datname.split('_')[2]) < KEEP_MS) continue;
    await client.query(`drop database if exists ${datname} with (force)`).catch(() => {});
  }
}

/** Starts a server of its own in a temporary folder, without fsync; null when Debian's package is not installed. */
async function startFromDebian(): Promise<string | null> {
  if (!existsSync(DEBIAN_PROGRAMS)) return null;
  const version = readdirSync(DEBIAN_PROGRAMS).sort((a, b) => Number(b) - Number(a))[0];
  const programs = join(DEBIAN_PROGRAMS, version ?? '', 'bin');
  if (!existsSync(join(programs, 'postgres'))) return null;

  const folder = await mkdtemp(join(tmpdir(), 'maquette-postgresql-'));
  // The server refuses to run as root.
  const as = process.getuid?.() === 0 ? await userIds('postgres') : {};
  if (as.uid !== undefined && as.gid !== undefined) await chown(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  const run = promisify(execFile);
  await run(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...as,
    cwd: folder,
  });
  const port = await freePort();
  const runner = join(import.meta.dirname, 'postgresql-server.child.ts');
  const user = [as.uid ?? '', as.gid ?? ''].map(String);
  const server = spawn(process.execPath, [runner, join(programs, 'postgres'), folder, String(port), ...user], {
    stdio: ['pipe', 'ignore', 'inherit'],
    // Not to be interrupted before the tests are: it ends with its input.
    detached: true,
  });
  // It does not keep this process from ending.
  server.unref();
  if (server.stdin instanceof Socket) server.stdin.unref();
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  for (let attempt = 1; ; attempt++) {
    try {
      await tryToConnect(url);
      return url;
    } catch (error) {
      if (attempt === 100 || server.exitCode !== null) {
        server.stdin.end();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function userIds(name: string): Promise<{ uid?: number; gid?: number }> {
  const id = async (flag: string) => Number((await promisify(execFile)('id', [flag, name])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
