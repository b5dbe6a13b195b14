/**
 * Measures the gateway beside what it stands on, in one run: an authenticated, tenant-scoped read of a project through
 * gateway and data service beside the same query alone through `pg`, on PGlite and on PostgreSQL; and the same read
 * answered 304 beside plain Fastify. `node bench/gateway/throughput.ts [seconds]`; needs `wrk`. The result is kept in
 * `bench/gateway/results/throughput.json`.
 *
 * Reads of one thing at one time share a query, which the query alone does not: so the same load is measured with a
 * project of its own for each read, too, where queries are still gathered but none is asked twice.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '#test/free-port.ts';
import { createTestDatabase, findPostgresql } from '#test/postgresql.ts';
import { keepResult } from '../machine.ts';

const SECONDS = Number(process.argv[2] ?? 5);
const CONNECTIONS = 16;
const ROUNDS = 5;
/** Projects that are read in turn: more than are read at a time. */
const PROJECTS = 64;
const KEY = 'mq_live_BenchmarkOfTheGateway0123456789';
const run = promisify(execFile);

/** What one load reached. */
interface Load {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  failures: number;
}

/** @param script of `wrk`, which makes the requests */
async function wrk(url: string, headers: Record<string, string> = {}, script?: string): Promise<Load> {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '--latency', ...(script ? ['-s', script] : [])];
  for (const [name, value] of Object.entries(headers)) args.push('-H', `${name}: ${value}`);
  const { stdout } = await run('wrk', [...args, url]);
  const milliseconds = (share: string) => {
    const [, figure, unit] = new RegExp(`${share}%\\s+([\\d.]+)(us|ms|s)`).exec(stdout) ?? [];
    return Math.round(Number(figure) * ({ us: 0.001, ms: 1, s: 1000 }[unit ?? 'ms'] ?? 1) * 100) / 100;
  };
  return {
    perSecond: Math.round(Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])),
    p50Ms: milliseconds('50'),
    p99Ms: milliseconds('99'),
    failures: Number(/Non-2xx or 3xx responses: (\d+)/.exec(stdout)?.[1] ?? 0),
  };
}

/** Starts a process of the benchmark and waits until it answers. */
async function start(args: string[], port: number, environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  for (let attempt = 0; ; attempt++) {
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) break;
    if (attempt > 300 || child.exitCode !== null) throw new Error('it did not start');
    await sleep(100);
  }
  return {
    url,
    async stop() {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The query alone, by as many loops as the gateway gets connections, in a process of its own. */
async function bareQueries(engine: string, where: string, project: string): Promise<Load> {
  const { stdout } = await run(process.execPath, [
    join(import.meta.dirname, 'bare-query.ts'),
    engine,
    where,
    project,
    String(CONNECTIONS),
    String(SECONDS),
  ]);
  return JSON.parse(stdout);
}

async function measure(engine: 'pglite' | 'postgresql', databaseUrl: string | undefined) {
  const data = await mkdtemp(join(tmpdir(), 'maquette-bench-'));
  const port = await freePort();
  const server = await start([join(import.meta.dirname, '../../cli/maquette.js'), 'serve'], port, {
    MAQUETTE_PORT: String(port),
    MAQUETTE_DATA: data,
    MAQUETTE_BOOTSTRAP_KEY: KEY,
    MAQUETTE_SAMPLES: 'false',
    MAQUETTE_LOG_LEVEL: 'warn',
    ...Object.fromEntries(
      ['READ', 'WRITE', 'WORK', 'FAILURES', 'ADDRESS'].map((name) => [`MAQUETTE_RATE_${name}`, 'off']),
    ),
    ...(databaseUrl !== undefined && { MAQUETTE_DATABASE_URL: databaseUrl }),
  });
  const headers = { authorization: `Bearer ${KEY}` };
  // The server listens a moment before its first key is made.
  for (let attempt = 0; attempt < 100; attempt++) {
    if ((await fetch(`${server.url}/v1/me`, { headers })).ok) break;
    await sleep(100);
  }
  const ids: string[] = [];
  while (ids.length < PROJECTS) {
    const made = await fetch(`${server.url}/v1/projects`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"name":"Bench"}',
    });
    ids.push(((await made.json()) as { id: string }).id);
  }
  const id = ids[0] as string;
  const path = `${server.url}/v1/projects/${id}`;
  const inTurn = join(data, 'in-turn.lua');
  await writeFile(inTurn, readsInTurn(ids));
  const etag = (await fetch(path, { headers })).headers.get('etag') ?? '';
  // Both are compiled and warm before anything counts.
  await wrk(path, headers);
  const reads: Load[] = [];
  const apart: Load[] = [];
  const unchanged: Load[] = [];
  const fastify: Load[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    reads.push(await wrk(path, headers));
    apart.push(await wrk(server.url, headers, inTurn));
    unchanged.push(await wrk(path, { ...headers, 'if-none-match': etag }));
    // In the same round, since the speed of a machine that others share changes within minutes.
    fastify.push(await wrk(`${plain.url}/project`));
  }
  await server.stop();
  const bare: Load[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await bareQueries(engine, databaseUrl ?? join(data, 'database'), id));
  }
  await rm(data, { recursive: true, force: true });
  return {
    read: median(reads),
    'read, each of another project': median(apart),
    'read, answered 304': median(unchanged),
    'query alone': median(bare),
    'plain Fastify': median(fastify),
  };
}

/** A script of `wrk` that reads one project after the other. */
function readsInTurn(ids: string[]): string {
  const paths = ids.map((id) => `'/v1/projects/${id}'`).join(', ');
  return `local paths = { ${paths} }
local turn = 0
request = function()
  turn = turn % #paths + 1
  return wrk.format('GET', paths[turn])
end
`;
}

const median = (loads: Load[]) =>
  [...loads].sort((a, b) => a.perSecond - b.perSecond)[Math.floor(loads.length / 2)] as Load;
const share = (part: Load, whole: Load) => Math.round((part.perSecond / whole.perSecond) * 100) / 100;

const port = await freePort();
const plain = await start([join(import.meta.dirname, 'plain-fastify.ts'), String(port)], port);
await wrk(`${plain.url}/project`);

const engines: Record<string, unknown> = {};
const compare = (figures: Awaited<ReturnType<typeof measure>>) => ({
  ...figures,
  shareOfQueryAlone: share(figures.read, figures['query alone']),
  shareOfQueryAloneApart: share(figures['read, each of another project'], figures['query alone']),
  shareOfPlainFastify: share(figures['read, answered 304'], figures['plain Fastify']),
  p99OverP50: Math.round((figures.read.p99Ms / figures.read.p50Ms) * 10) / 10,
});
engines.pglite = compare(await measure('pglite', undefined));
if ((await findPostgresql()) !== null) {
  const { url, drop } = await createTestDatabase();
  engines.postgresql = compare(await measure('postgresql', url));
  await drop();
}
await plain.stop();
await keepResult(join(import.meta.dirname, 'results', 'throughput.json'), {
  seconds: SECONDS,
  connections: CONNECTIONS,
  loadAverage: Math.round(loadavg()[0] ?? 0),
  ...engines,
});
