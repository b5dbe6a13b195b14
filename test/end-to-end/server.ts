import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';

/** API key of the servers under test. */
export const KEY = 'mq_live_EndToEndTestKey0123456789';

/** A running `maquette serve`, one process or several. */
export interface TestServer {
  url: string;
  /** Its data folder, kept over `stop` and `kill`. */
  data: string;
  processes: ChildProcess[];
  /** What its processes have logged: warnings and errors, unless the environment says otherwise. */
  log(): string;
  /** Kills one process with SIGKILL, by its place in `processes`, and starts another in its stead. */
  replace(index: number): Promise<void>;
  /** SIGTERM, and waits. */
  stop(): Promise<void>;
  /** SIGKILL, and waits: nothing gets a chance to tidy up. */
  kill(): Promise<void>;
  /** Removes the data folder. */
  remove(): Promise<void>;
}

/** Of servers whose workers a test kills: it waits until somebody else has their jobs. */
export const SHORT_LEASES = { MAQUETTE_JOB_LEASE_SECONDS: '2' };

/** An empty data folder. */
export function newDataFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'maquette-test-'));
}

/** All roles in one process on embedded storage. */
export async function startWhole(
  options: { data?: string; environment?: Record<string, string> } = {},
): Promise<TestServer> {
  const port = await freePort();
  const data = options.data ?? (await newDataFolder());
  const environment = { MAQUETTE_PORT: String(port), MAQUETTE_DATA: data, ...options.environment };
  return startProcesses([[]], data, port, () => environment);
}

/** Every role in a process of its own, on one PostgreSQL. */
export async function startApart(
  databaseUrl: string,
  more: { environment?: Record<string, string> } = {},
): Promise<TestServer> {
  const roles = ['auth', 'data', 'geometry', 'rendering', 'gateway'] as const;
  const data = await newDataFolder();
  const ports = Object.fromEntries(
    await Promise.all([...roles, 'dataRest'].map(async (role) => [role, await freePort()])),
  ) as Record<string, number>;
  const at = (role: string) => `http://127.0.0.1:${ports[role]}`;
  return startProcesses(
    roles.map((role) => [role]),
    data,
    ports.gateway as number,
    ([role]) => ({
      MAQUETTE_DATA: data,
      MAQUETTE_PORT: String(ports.gateway),
      MAQUETTE_RPC_PORT: String(ports[role as string]),
      MAQUETTE_DATA_REST_PORT: String(ports.dataRest),
      MAQUETTE_DATABASE_URL: databaseUrl,
      MAQUETTE_DATABASE_CONNECTIONS: '4',
      MAQUETTE_CLUSTER_SECRET: 'end-to-end-cluster-secret',
      MAQUETTE_AUTH_URL: at('auth'),
      MAQUETTE_DATA_URL: at('data'),
      MAQUETTE_DATA_REST_URL: at('dataRest'),
      MAQUETTE_GEOMETRY_URL: at('geometry'),
      MAQUETTE_RENDERING_URL: at('rendering'),
      ...more.environment,
    }),
  );
}

async function startProcesses(
  groups: string[][],
  data: string,
  port: number,
  environmentOf: (roles: string[]) => Record<string, string>,
): Promise<TestServer> {
  const output: string[] = [];
  const launch = (roles: string[]) => {
    const child = spawn(process.execPath, ['cli/maquette.js', 'serve', ...roles], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        MAQUETTE_BOOTSTRAP_KEY: KEY,
        MAQUETTE_LOG_LEVEL: 'warn',
        // Files that are fetched by URL come from servers of the test.
        MAQUETTE_OUTBOUND_ALLOW: '127.0.0.1',
        MAQUETTE_OUTBOUND_PORTS: 'any',
        ...environmentOf(roles),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => output.push(`[${roles.join(',') || 'all'}] ${chunk}`));
    return child;
  };
  const processes = groups.map(launch);
  const ended = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
  const end = (signal: NodeJS.Signals) =>
    Promise.all(
      processes.map(async (child) => {
        if (ended(child)) return;
        const exit = new Promise((resolve) => child.once('exit', resolve));
        child.kill(signal);
        await exit;
      }),
    );
  const server: TestServer = {
    url: `http://127.0.0.1:${port}`,
    data,
    processes,
    log: () => output.join(''),
    async replace(index) {
      const child = processes[index] as ChildProcess;
      const exit = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await exit;
      processes[index] = launch(groups[index] as string[]);
    },
    stop: async () => void (await end('SIGTERM')),
    kill: async () => void (await end('SIGKILL')),
    remove: () => rm(data, { recursive: true, force: true }),
  };
  const deadline = performance.now() + 90_000;
  while (true) {
    const ready = await fetch(`${server.url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready && (await allReady(server))) return server;
    if (processes.some(ended) || performance.now() > deadline) {
      await server.kill();
      throw new Error(`the server did not start:\n${server.log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** In several processes the gateway can be up before the others: a first authenticated request tells. */
async function allReady(server: TestServer): Promise<boolean> {
  const answer = await fetch(`${server.url}/v1/projects`, { headers: { authorization: `Bearer ${KEY}` } });
  return answer.ok;
}
