import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './end-to-end/server.ts';
import { makeCube } from './models/cube.ts';

const readme = await readFile('README.md', 'utf8');
const commands = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  (block as string).trim().split('\n'),
);
const commandsWith = (word: string) => commands.filter((command) => command.startsWith(word));

describe('the commands of the README', () => {
  let folder: string;
  let port: number;
  let server: ReturnType<typeof start>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'maquette-readme-'));
    await writeFile(join(folder, 'model.glb'), await makeCube(1));
    port = await freePort();
    server = start(commandsWith('npm run up')[0] as string, {
      MAQUETTE_PORT: String(port),
      MAQUETTE_DATA: join(folder, 'data'),
      MAQUETTE_LOG_LEVEL: 'warn',
    });
    await server.said(/curl/);
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('are all known to this test', () => {
    const known = /^(npm ci|npm run up|npm test|curl |npx maquette )/;
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

/** Runs a command to its end. */
function run(command: string): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
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
