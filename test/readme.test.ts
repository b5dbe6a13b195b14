import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { makeCube } from './models/cube.ts';

/** The blocks of a document that are typed into a shell. */
async function shellBlocks(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => (block as string).trim());
}

const commands = (await shellBlocks('README.md')).flatMap((block) => block.split('\n'));
const commandsWith = (word: string) => commands.filter((command) => command.startsWith(word));

/** An answer that is an error ends a script; the stream of events, which has no end, ends after a second. */
const STRICT_CURL = `set -euo pipefail
strict() { command curl --silent --show-error --fail-with-body "$@"; }
curl() { if [ "$1" = -N ]; then strict --max-time 1 "$@" || [ $? = 28 ]; else strict "$@"; fi; }`;

/** What of the documents asks a server. Uploads straight to a bucket are run where there is one (end-to-end/s3). */
const documented: [string, number, string][] = [];
for (const name of ['api', 'downloads', 'jobs', 'operations', 'test-mode', 'uploads', 'webhooks']) {
  for (const [index, block] of (await shellBlocks(`docs/${name}.md`)).entries()) {
    if (block.includes('curl ') && !block.includes('direct-uploads')) documented.push([name, index + 1, block]);
  }
}

/** What docs/access.md has typed: how the server is started, and then line after line, each with what was answered before. */
const accessLines = (await shellBlocks('docs/access.md')).flatMap((block) => block.split('\n'));
const [, OWNER_EMAIL = '', OWNER_PASSWORD = ''] =
  accessLines.map((line) => /^MAQUETTE_OWNER_EMAIL=(\S+) MAQUETTE_OWNER_PASSWORD='(.*)' /.exec(line)).find(Boolean) ??
  [];

describe('the commands of the README and of the documents', () => {
  let folder: string;
  let cube: Uint8Array;
  let port: number;
  let server: ReturnType<typeof start>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maquette-readme-'));
    cube = await makeCube(1);
    await writeFile(join(folder, 'model.glb'), cube);
    await writeFile(join(folder, 'chair.glb'), await makeCube(2));
    await writeFile(join(folder, 'chair.obj'), 'v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n');
    await writeFile(join(folder, 'wood.png'), 'no picture');
    await mkdir(join(folder, 'scene'));
    await writeFile(join(folder, 'scene/chair.gltf'), JSON.stringify({ asset: { version: '2.0' } }));
    await writeFile(join(folder, 'scene/wood.png'), 'no picture');
    port = await freePort();
    server = start(commandsWith('npm run up')[0] as string, {
      MAQUETTE_PORT: String(port),
      MAQUETTE_DATA: join(folder, 'data'),
      MAQUETTE_LOG_LEVEL: 'warn',
      // What the documents have fetched or told comes from here, and goes nowhere else.
      MAQUETTE_OUTBOUND_ALLOW: '127.0.0.1',
      MAQUETTE_OUTBOUND_PORTS: 'any',
      MAQUETTE_OWNER_EMAIL: OWNER_EMAIL,
      MAQUETTE_OWNER_PASSWORD: OWNER_PASSWORD,
    });
    await server.said(/curl/);
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('are all known to this test', () => {
    const known = /^(npm ci|npm run up|npm test|export MAQUETTE_KEY=|curl |npx maquette )/;
    expect(commands.filter((command) => !known.test(command))).toEqual([]);
    expect(commands.length).toBeGreaterThan(6);
  });

  it('npm ci, npm test: are what CI runs', async () => {
    const ci = await readFile('.ci/run', 'utf8');
    for (const command of [...commandsWith('npm ci'), ...commandsWith('npm test')]) expect(ci).toContain(command);
  });

  it('npm run up: prints the address, a key and a line that uploads a model', async () => {
    const output = await server.said(/curl.*\n/);
    expect(output).toContain(`http://127.0.0.1:${port}`);
    const line = /curl .*/.exec(output)?.[0] as string;
    const answer = await run(line.replace('model.glb', join(folder, 'model.glb')));
    expect(JSON.parse(answer.output)).toMatchObject({ state: 'processing', name: 'model.glb' });
  });

  it('npm run up: fills an empty library with samples that become ready', { timeout: 120_000 }, async () => {
    const key = (await readFile(join(folder, 'data/api-key.txt'), 'utf8')).trim();
    const list = async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/assets`, { headers: { authorization: `Bearer ${key}` } });
      return ((await answer.json()) as { data: { name: string; state: string; error: unknown }[] }).data;
    };
    const samples = (assets: Awaited<ReturnType<typeof list>>) => assets.filter(({ name }) => name !== 'model.glb');
    await expect.poll(async () => samples(await list()).length, { timeout: 60_000 }).toBeGreaterThanOrEqual(4);
    await expect
      .poll(async () => samples(await list()).every(({ state }) => state !== 'processing'), { timeout: 110_000 })
      .toBe(true);
    for (const { name, state, error } of samples(await list()))
      expect(state, `${name}: ${JSON.stringify(error)}`).toBe('ready');
  });

  it.each(commandsWith('curl '))('%s', async (command) => {
    const key = (await readFile(join(folder, 'data/api-key.txt'), 'utf8')).trim();
    const here = command
      .replace(':3000', `:${port}`)
      .replace('$MAQUETTE_KEY', key)
      .replace('model.glb', join(folder, 'model.glb'))
      // The stream of events never ends by itself.
      .replace('curl -N', 'curl -N --max-time 2');
    const { output } = await run(`${here} --silent --fail-with-body`);
    expect(output).not.toBe('');
    expect(output).not.toContain('problem');
  });

  it.each(documented)('docs/%s.md, block %i', async (_name, _index, block) => {
    const key = (await readFile(join(folder, 'data/api-key.txt'), 'utf8')).trim();
    const server = `http://127.0.0.1:${port}`;
    const files = createServer((_request, response) => response.end(cube)).listen(0, '127.0.0.1');
    await once(files, 'listening');
    const elsewhere = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
    // An asset that is ready: what is asked of one asks for its model.
    const listed = await fetch(`${server}/v1/assets?state=ready`, { headers: { authorization: `Bearer ${key}` } });
    const { data } = (await listed.json()) as { data: { id: string; job: string }[] };
    const [asset] = data;
    const here = block
      .replaceAll('http://127.0.0.1:3000', server)
      .replaceAll(/https:\/\/(shop\.)?example\.com/g, elsewhere)
      .replaceAll('mq_live_…', key)
      .replaceAll('ast_…', asset?.id ?? 'none is ready')
      .replaceAll('job_…', asset?.job ?? '');
    const environment = { MAQUETTE: server, KEY: key, MAQUETTE_KEY: key };
    const { status, output } = await run(`${STRICT_CURL}\n${here}`, { cwd: folder, environment });
    files.close();
    expect(status, output).toBe(0);
    expect(output).not.toContain('problem+json');
  });

  it('docs/access.md, line after line', async () => {
    const key = (await readFile(join(folder, 'data/api-key.txt'), 'utf8')).trim();
    const server = `http://127.0.0.1:${port}`;
    const environment = { MAQUETTE: server, KEY: key };
    const lines = ['curl -H "Authorization: Bearer $KEY" $MAQUETTE/v1/projects', ...accessLines];
    expect(lines.length).toBeGreaterThan(10);
    let told = '';
    /** All that answers have named so far. */
    const named = (pattern: RegExp) => [...told.matchAll(pattern)].map(([, name]) => name as string);
    for (const line of lines.filter((one) => one.startsWith('curl '))) {
      const here = line
        // That of who signed in first.
        .replaceAll('$CSRF', named(/"csrfToken":"([^"]+)"/g)[0] ?? '')
        .replaceAll(/\b([a-z]{3})_…/g, (_, kind) => named(new RegExp(`\\b(${kind}_[\\w-]{20,})`, 'g')).at(-1) ?? '');
      const { status, output } = await run(`${STRICT_CURL}\n${here}`, { cwd: folder, environment });
      expect(status, `${line}\n${output}`).toBe(0);
      told += output;
    }
  });

  it.each(commandsWith('npx maquette '))('%s', async (command) => {
    // Models and what is made of them: all in the folder of the test.
    const key = (await readFile(join(folder, 'data/api-key.txt'), 'utf8')).trim();
    const here = command
      .replace(/(?<= )[\w-]+\.[a-z]\w*/g, (name) => join(folder, name))
      .replace(':3000', `:${port}`)
      .replace('$MAQUETTE_KEY', key);
    const { status, output } = await run(`export XDG_CONFIG_HOME=${folder}; ${here}`);
    expect(status, output).toBe(0);
  });
});

/** Runs a command to its end. @returns its status, and what it printed, errors too when it is run in a folder of its own */
function run(
  command: string,
  { cwd, environment }: { cwd?: string; environment?: Record<string, string> } = {},
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], cwd, env });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    if (cwd !== undefined) child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (status) => resolve({ status, output }));
  });
}

/** Starts a command that goes on. */
function start(command: string, environment: Record<string, string>) {
  const child = spawn('bash', ['-c', `exec ${command}`], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  // npm ends before the server it started; the output is closed by the last of them.
  const end = new Promise<void>((resolve) => child.once('close', () => resolve()));
  return {
    async said(pattern: RegExp): Promise<string> {
      const deadline = performance.now() + 90_000;
      while (!pattern.test(output) && child.exitCode === null && performance.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (!pattern.test(output)) throw new Error(`${command} did not say ${pattern}:\n${output}`);
      return output;
    },
    async stop() {
      // npm, the shell and the server are one process group.
      process.kill(-(child.pid as number), 'SIGTERM');
      await end;
    },
  };
}
