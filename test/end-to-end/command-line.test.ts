import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEY, type TestServer } from './server.ts';
import { openWorkshop, type Workshop } from './workshop.ts';

const PROGRAM = join(import.meta.dirname, '../../cli/maquette.js');
const SHELLS = ['bash', 'zsh', 'fish'] as const;

let workshop: Workshop;
let server: TestServer;
let folder: string;
let environment: Record<string, string>;
beforeAll(async () => {
  workshop = await openWorkshop();
  ({ server, folder, environment } = workshop);
});
afterAll(() => workshop?.close());

/** Runs the command line to its end. */
async function maquette(
  args: string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: folder, env: { ...environment, ...env } });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  // biome-ignore lint/suspicious/noExplicitAny: the document is looked into as JSON
  const json: any = args.includes('--json') && stdout !== '' ? JSON.parse(stdout) : undefined;
  return { status: await closed, stdout, stderr, json };
}

describe('the command line against a server', () => {
  it('signs in with a key that only the user can read afterwards, and out', async () => {
    expect((await maquette(['search'])).status).toBe(2);
    const wrong = await maquette(['login', server.url], { input: 'mq_live_wrong\n' });
    expect([wrong.status, wrong.stderr]).toEqual([1, expect.stringContaining('unauthenticated')]);
    const signed = await maquette(['login', server.url, '--json'], { input: `${KEY}\n` });
    expect(signed).toMatchObject({ status: 0, json: { profile: 'default', role: 'owner' } });
    expect(signed.stdout).not.toContain(KEY);
    expect((await stat(join(folder, 'config/maquette/profiles.json'))).mode & 0o777).toBe(0o600);
    const other = await maquette(['login', `${server.url}/v1/`, '--key', KEY, '--profile', 'other', '--json']);
    expect(other.json).toMatchObject({ url: server.url });
    expect((await maquette(['logout', '--profile', 'other'])).status).toBe(0);
    expect((await maquette(['search', '--profile', 'other'])).stderr).toContain('no profile `other`');
    // A key is for its server, and not sent to another.
    expect((await maquette(['search', '--url', 'http://127.0.0.1:9'])).status).toBe(2);
    expect((await maquette(['search', '--url', 'http://127.0.0.1:9', '--key', KEY])).status).toBe(3);
  });

  it('uploads a folder, finds, renders, converts and optimises what is in it', { timeout: 120_000 }, async () => {
    const uploaded = await maquette(['upload', 'models', '--wait', '--json']);
    expect([uploaded.status, uploaded.stderr]).toEqual([0, '']);
    const assets = uploaded.json.assets as { id: string; name: string; state: string; report: { triangles: number } }[];
    expect(assets.map(({ name, state }) => [name, state])).toEqual([
      ['cube.glb', 'ready'],
      ['larger.glb', 'ready'],
    ]);
    const id = assets[0]!.id;
    const found = await maquette(['search', 'larger'], { env: { MAQUETTE_URL: server.url, MAQUETTE_KEY: KEY } });
    expect(found.stdout).toMatch(/^ast_\w{26} {2}ready +glb +12 triangles +larger\.glb\n$/);

    const rendered = await maquette(['render', id, '-o', 'out/cube.png', '--width', '40', '--height', '30', '--json']);
    expect(rendered).toMatchObject({
      status: 0,
      json: { files: [{ path: 'out/cube.png' }], render: { state: 'succeeded' } },
    });
    expect((await readFile(join(folder, 'out/cube.png'))).readUInt32BE(16)).toBe(40);
    expect((await maquette(['convert', id, 'out/cube.stl', '--ascii'])).status).toBe(0);
    expect(await readFile(join(folder, 'out/cube.stl'), 'utf8')).toMatch(/^solid /);
    expect((await maquette(['convert', id, 'out/cube.obj'])).stderr).toContain('out/cube.obj');
    const optimised = await maquette(['optimize', id, 'out/smaller.glb', '--preset', 'web', '--json']);
    expect(optimised).toMatchObject({ status: 0, json: { output: { triangles: 12 } } });
    expect((await readFile(join(folder, 'out/smaller.glb'), 'latin1')).slice(0, 4)).toBe('glTF');

    const opened = await maquette(['open', id, '--no-show']);
    expect((await readFile(opened.stdout.trim())).toString('latin1', 8, 12)).toBe('WEBP');
    const shared = await maquette(['share', id, '--name', 'Client', '--expires', '2h', '--password', '--json'], {
      input: 'a word for readers\n',
    });
    expect(shared.json).toMatchObject({ assetId: id, name: 'Client', hasPassword: true });
    const { id: shareId, url } = shared.json;
    const readShare = async () => {
      const authorization = `Basic ${Buffer.from(':a word for readers').toString('base64')}`;
      return (await fetch(url, { headers: { authorization } })).status;
    };
    expect(await readShare()).toBe(200);
    expect((await maquette(['share', 'list', '--asset', id])).stdout).toMatch(`${shareId}  ${id}  with password`);
    expect((await maquette(['share', 'revoke', shareId])).stderr).toContain(`Revoked ${shareId}`);
    expect(await readShare()).toBe(401);
    expect((await maquette(['share', 'list'])).stdout).toContain('revoked');
    expect((await maquette(['share', id, '--expires', 'yesterday'])).status).toBe(2);
    const { json } = await maquette(['jobs', '--asset', id, '--state', 'succeeded', '--json']);
    expect(json.jobs.length).toBeGreaterThan(2);
    expect((await maquette(['jobs', 'wait', json.jobs[0].id])).stdout).toContain('succeeded');
    const late = await maquette(['jobs', 'cancel', json.jobs[0].id, '--json']);
    expect(late).toMatchObject({ status: 1, json: { error: { code: 'conflict' } } });
  });

  it('has a URL fetched, carries a graph out, and downloads', { timeout: 120_000 }, async () => {
    const cube = await readFile(join(folder, 'models/cube.glb'));
    const files = createServer((_request, response) => response.end(cube)).listen(0, '127.0.0.1');
    await once(files, 'listening');
    const url = `http://127.0.0.1:${(files.address() as AddressInfo).port}/fetched.glb`;
    const fetched = await maquette(['upload', url, '--wait', '--json']);
    files.close();
    expect(fetched).toMatchObject({ status: 0, json: { assets: [{ name: 'fetched.glb', state: 'ready' }] } });
    const { id } = fetched.json.assets[0];

    const graph = {
      nodes: { clean: { type: 'dedupe' } },
      outputs: { a: 'clean', b: { node: 'clean', formats: ['obj'] } },
    };
    await writeFile(join(folder, 'graph.json'), JSON.stringify(graph));
    const limits = ['--recipe', 'graph.json', '--validation-profile', 'web'];
    const made = await maquette(['optimize', id, 'levels/', ...limits, '--json']);
    expect(made.status, made.stderr).toBe(0);
    const paths = Object.values(made.json.results as Record<string, { files: { path: string }[] }>);
    expect(paths.flatMap((result) => result.files.map(({ path }) => path))).toEqual([
      'levels/a.glb',
      'levels/b.obj.zip',
    ]);
    expect((await readFile(join(folder, 'levels/b.obj.zip'), 'latin1')).slice(0, 2)).toBe('PK');
    expect((await maquette(['optimize', id, 'x.glb', '--validation-profile', 'none'])).status).toBe(1);

    expect((await maquette(['download', id, 'back/'])).status).toBe(0);
    expect((await readFile(join(folder, 'back/fetched.glb'))).equals(cube)).toBe(true);
    expect((await maquette(['inspect', id])).stdout).toMatch(/triangles +12 in 1 draw calls/);
    expect((await maquette(['validate', id, '--validation-profile', 'web'])).stdout).toContain('profile web: passed');
  });

  it('says with its status whose fault it is', { timeout: 60_000 }, async () => {
    await writeFile(join(folder, 'broken.glb'), 'glTF is not enough');
    const broken = await maquette(['upload', 'broken.glb', '--wait']);
    expect([broken.status, broken.stdout]).toEqual([1, expect.stringMatching(/^ast_/)]);
    expect(broken.stderr).toContain('model_malformed');
    expect((await maquette(['upload', 'nowhere.glb'])).status).toBe(1);
    expect((await maquette(['upload', 'models', '--name', 'Two'])).status).toBe(2);
    expect((await maquette(['jobs', 'show', 'job_1'])).status).toBe(2);
  });

  it('goes on after a model that is refused, and with what is left when it is repeated', {
    timeout: 60_000,
  }, async () => {
    const env = { MAQUETTE_URL: server.url, MAQUETTE_KEY: KEY };
    const command = ['upload', 'http://name:secret@127.0.0.1/chair.glb', 'models', '--json'];
    const first = await maquette(command, { env });
    expect(first).toMatchObject({
      status: 1,
      json: { failed: [{ path: command[1], error: { code: 'url_refused' } }] },
    });
    const ids = (json: { assets: { id: string }[] }) => json.assets.map(({ id }) => id);
    expect(ids(first.json)).toHaveLength(2);
    expect(ids((await maquette(command, { env })).json)).toEqual(ids(first.json));
    const other = await maquette(['upload', 'models', '--json'], { env });
    expect([other.status, ids(other.json).some((id) => ids(first.json).includes(id))]).toEqual([0, false]);
  });

  it('tells of a result that cannot be written, and lets a reader go that has enough', async () => {
    const shell = async (line: string) => {
      const child = spawn('bash', ['-o', 'pipefail', '-c', line], { cwd: folder, env: environment });
      const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
      return { status: child.exitCode, stderr };
    };
    const run = `${process.execPath} ${PROGRAM}`;
    expect(await shell(`${run} inspect models/cube.glb > /dev/full`)).toEqual({
      status: 3,
      stderr: expect.stringMatching(/^storage_failed: .*ENOSPC/),
    });
    expect(await shell(`(sleep 0.3; ${run} render --help) | true`)).toEqual({ status: 0, stderr: '' });
  });

  it('knows what is nearly a command or an option, and the help of each', async () => {
    expect(await maquette(['rendre'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Is `render` meant?'),
    });
    const wrong = await maquette(['search', '--limt', '3']);
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('Is --limit meant?')]);
    expect((await maquette(['help', 'search'])).stdout).toMatch(/^maquette search /);
    expect((await maquette(['render', 'ast_…', '--help'])).stdout).toMatch(/^maquette render ASSET .*--url URL/s);
    expect((await maquette(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('goes on with a large upload that was stopped', { timeout: 120_000 }, async () => {
    await writeFile(join(folder, 'large.stl'), Buffer.alloc(100 * 2 ** 20));
    const login = { MAQUETTE_URL: server.url, MAQUETTE_KEY: KEY };
    const child = spawn(process.execPath, [PROGRAM, 'upload', 'large.stl'], {
      cwd: folder,
      env: { ...environment, ...login },
    });
    const noted = join(folder, '.local/state/maquette/uploads.json');
    const begun = () =>
      readFile(noted, 'utf8').then(
        (kept) => Object.values(JSON.parse(kept))[0],
        () => undefined,
      );
    await expect.poll(begun, { timeout: 60_000, interval: 5 }).toBeDefined();
    const received = async () => {
      const headers = { authorization: `Bearer ${KEY}` };
      return (
        (await (await fetch(`${server.url}/v1/uploads/${await begun()}`, { headers })).json()) as { received: number }
      ).received;
    };
    await expect.poll(received, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    child.kill('SIGKILL');
    const second = spawn(process.execPath, [PROGRAM, 'upload', 'large.stl'], {
      cwd: folder,
      env: { ...environment, ...login },
    });
    let told = '';
    second.stderr.on('data', (chunk) => {
      if (told === '') second.kill('SIGINT');
      told += chunk;
    });
    expect((await once(second, 'close'))[0]).toBe(130);
    expect(told).toMatch(/^large\.stl: goes on after .*\n\nStopped\. The same command again/);
    const again = await maquette(['upload', 'large.stl'], { env: login });
    expect([again.status, again.stdout]).toEqual([0, expect.stringMatching(/^ast_/)]);
    expect(again.stderr).toMatch(/^large\.stl: goes on after \d+/);
    expect(JSON.parse(await readFile(noted, 'utf8'))).toEqual({});
  });

  describe.each(SHELLS)('completes in %s', (shell) => {
    const missing = spawnSync(shell, ['--version']).error !== undefined;

    it.skipIf(missing)('its commands, the options of each, and the words that one takes', async () => {
      const script = join(folder, `completion.${shell}`);
      await writeFile(script, (await maquette(['completion', shell])).stdout);
      /** The words that the shell offers at the end of a line, without what it says of them. */
      const offered = async (line: string) => {
        const [program, ...args] = OFFERS[shell](script, line);
        const env = { ...process.env, MAQUETTE_SCRIPT: script };
        const child = spawn(program ?? shell, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
        const lines = (await text(child.stdout)).split('\n');
        return lines.map((word) => word.split('\t')[0]?.trim().replace(/=$/, '') ?? '').filter((word) => word !== '');
      };
      expect(await offered('maquette ')).toEqual(expect.arrayContaining(['completion', 'mcp', 'render', 'upload']));
      expect(await offered('maquette upl')).toEqual(['upload']);
      expect(await offered('maquette render --wid')).toEqual(['--width']);
      // Of the form of the command that asks a server.
      expect(await offered('maquette render --prof')).toEqual(['--profile']);
      expect(await offered('maquette inspect --wid')).toEqual([]);
      expect((await offered('maquette completion ')).sort()).toEqual([...SHELLS].sort());
      expect(await offered('maquette completion z')).toEqual(['zsh']);
    });
  });
});

/** What is started so that a shell offers words for a line that ends where the tab is. */
const OFFERS: Record<(typeof SHELLS)[number], (script: string, line: string) => string[]> = {
  bash(script, line) {
    const words = line.split(' ').map((word) => `'${word}'`);
    const typed = `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _maquette`;
    return ['bash', '--norc', '-c', `source ${script}; ${typed}; printf '%s\\n' "\${COMPREPLY[@]}"`];
  },
  zsh: (_script, line) => ['zsh', '-f', join(import.meta.dirname, 'type-in-zsh.zsh'), line],
  fish: (script, line) => ['fish', '--no-config', '-c', `source ${script}; complete -C '${line}'`],
};
