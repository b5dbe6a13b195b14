import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { createSandbox } from './create-sandbox.ts';
import { probeProtection } from './protection.ts';
import type { Sandbox, SandboxRun } from './sandbox.ts';
import { findSystemTools } from './system-tools.ts';
import type { HostileInput } from './testing/hostile-task.ts';
import { ENTRY, LIMITS, runHostile } from './testing/run-hostile.ts';

let folder: string;
let secret: string;
let sandbox: Sandbox<HostileInput, unknown>;
let server: Server;
let port: number;
let connections = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-sandbox-test-'));
  secret = join(folder, 'data', 'secret.txt');
  await mkdir(join(folder, 'data'));
  await writeFile(secret, 'secret');
  process.env.MAQUETTE_TEST_SECRET = 'a secret of the server';
  server = createServer((_, response) => response.setHeader('connection', 'close').end('hello'));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  sandbox = await createSandbox({
    name: 'hostile',
    entry: ENTRY,
    size: 1,
    limits: LIMITS,
    folder,
    allow: { workers: true },
  });
});

afterAll(async () => {
  await sandbox.close();
  server.close();
  Reflect.deleteProperty(process.env, 'MAQUETTE_TEST_SECRET');
  await rm(folder, { recursive: true, force: true });
});

const run = (
  input: HostileInput,
  more: Partial<SandboxRun<HostileInput, unknown, unknown>> = {},
  pool = sandbox,
): Promise<unknown> => runHostile(pool, input, more);

async function failure(
  input: HostileInput,
  more: Partial<SandboxRun<HostileInput, unknown, unknown>> = {},
  pool = sandbox,
) {
  const outcome = await run(input, more, pool).then(
    (output) => new Error(`it was allowed: ${JSON.stringify(output)}`),
    (error: unknown) => error,
  );
  if (!(outcome instanceof MaquetteError)) throw outcome;
  return outcome;
}

/** After whatever happened before, the next task runs as if nothing had. */
async function expectHealthy() {
  expect(await run({ do: 'echo', value: 'well' })).toBe('well');
}

describe('work', () => {
  it('passes JSON and files in and out, and leaves nothing behind', async () => {
    let seen = '';
    const text = await sandbox.run({
      input: { do: 'copy' },
      prepare: async (own) => {
        seen = own;
        expect(await readdir(own)).toEqual([]);
        await writeFile(join(own, 'in.txt'), 'abc');
      },
      collect: async (own, output) => {
        expect(output).toEqual({ written: true });
        return readFile(join(own, 'out.txt'), 'utf8');
      },
    });
    expect(text).toBe('ABC');
    expect(await readdir(seen)).toEqual([]);
  });

  it('passes on what a task shows while it works, as far as it fits into a message', async () => {
    const shown: unknown[] = [];
    const onPicture = (bytes: Uint8Array, about: unknown) => shown.push([[...bytes], about]);
    expect(await run({ do: 'pictures' }, { onPicture })).toBe('done');
    expect(shown).toEqual([
      [[1, 2, 3], { samples: 4 }],
      [[4], 'anything'],
    ]);
    // Whoever does not look is not disturbed.
    expect(await run({ do: 'pictures' })).toBe('done');
  });

  it('hands on errors of the task as they were thrown', async () => {
    const error = await failure({ do: 'throw' });
    expect(error.toValue()).toEqual({
      code: 'model_malformed',
      fault: 'input',
      message: 'the model is bad',
      remedy: 'mend it',
      where: 'line 3',
      errors: [{ pointer: '/nodes/0', message: 'is bad' }],
    });
    expect((await failure({ do: 'throw-plain' })).toValue()).toMatchObject({
      code: 'internal',
      fault: 'system',
      message: 'something is undefined',
    });
    await expectHealthy();
  });

  it('hands on errors of prepare and collect, and goes on', async () => {
    const refused = new MaquetteError('not_found', 'no such blob');
    await expect(run({ do: 'echo', value: 1 }, { prepare: () => Promise.reject(refused) })).rejects.toBe(refused);
    await expect(run({ do: 'echo', value: 1 }, { collect: () => Promise.reject(refused) })).rejects.toBe(refused);
    await expectHealthy();
  });

  it('runs many small tasks one after another on a warm process', async () => {
    await expectHealthy();
    const startedAt = performance.now();
    for (let i = 0; i < 50; i++) expect(await run({ do: 'echo', value: i })).toBe(i);
    expect((performance.now() - startedAt) / 50).toBeLessThan(50);
  });
});

describe.each(['jail', 'network', 'none'] as const)('what a task may not do (%s)', (namespaces) => {
  let held: Sandbox<HostileInput, unknown>;
  beforeAll(async () => {
    const permitted = await probeProtection(findSystemTools());
    const strengths = ['none', 'network', 'jail'];
    if (strengths.indexOf(permitted.namespaces) < strengths.indexOf(namespaces)) {
      console.warn(`this system permits no more than ${permitted.namespaces}: tests of ${namespaces} are skipped`);
      skip = true;
      return;
    }
    const options = { name: `hostile-${namespaces}`, entry: ENTRY, size: 1, limits: LIMITS, folder };
    held = await createSandbox({ ...options, allow: { workers: true } }, { ...permitted, namespaces });
  });
  let skip = false;
  beforeEach((context) => {
    if (skip) context.skip();
  });
  afterAll(() => held?.close());

  it('reads no file but the code and its own', async () => {
    for (const path of ['/etc/passwd', secret, '/proc/self/environ', join(import.meta.dirname, '../../.git/HEAD')]) {
      expect((await failure({ do: 'read', path }, {}, held)).message).toMatch(/restricted|no such file/i);
    }
    expect(await run({ do: 'read', path: join(import.meta.dirname, 'sandbox.ts') }, {}, held)).toBeGreaterThan(100);
  });

  it('writes nowhere but into its own folder', async () => {
    for (const path of [join(folder, 'x'), join(import.meta.dirname, 'x.tmp'), '/tmp/maquette-x']) {
      expect((await failure({ do: 'write', path }, {}, held)).message).toMatch(/restricted|no such file|read-only/i);
    }
    await failure({ do: 'symlink', path: '/etc/passwd' }, {}, held);
  });

  it('reaches no server', async () => {
    for (const how of ['net', 'http', 'fetch', 'builtin'] as const) {
      expect((await failure({ do: 'connect', how, port }, {}, held)).code).toBe('internal');
    }
    expect(connections).toBe(0);
    await fetch(`http://127.0.0.1:${port}/`);
    expect(connections).toBe(1);
    connections = 0;
  });

  it('starts no process and signals none', async () => {
    expect((await failure({ do: 'spawn' }, {}, held)).message).toMatch(/restricted/);
    expect((await failure({ do: 'kill-parent' }, {}, held)).message).toMatch(/not available in a sandbox/);
  });

  it('keeps its threads under the same rules, also when they ask for none', async () => {
    const refused = expect.stringMatching(/ERR_ACCESS_DENIED|ENOENT/);
    const refusals = {
      read: refused,
      readOwn: 'done',
      spawn: refused,
      net: refused,
      signal: refused,
      permission: 'refused',
    };
    expect(await run({ do: 'thread', path: secret }, {}, held)).toEqual(refusals);
    expect(await run({ do: 'bare-thread', path: secret }, {}, held)).toEqual(refusals);
    expect((await failure({ do: 'eval-thread' }, {}, held)).message).toMatch(/not available in a sandbox/);
  });

  it('sees nothing of the environment of the server', async () => {
    const environment = await run({ do: 'environment' }, {}, held);
    expect(JSON.stringify(environment)).not.toContain('secret');
    expect(environment).not.toHaveProperty('HOME');
    expect(environment).toHaveProperty('TZ', 'UTC');
  });
});

describe('limits', () => {
  it('ends an endless loop', async () => {
    const startedAt = performance.now();
    const error = await failure({ do: 'loop' }, { limits: { seconds: 0.5 } });
    expect(error.code).toBe('time_limit_exceeded');
    expect(error.message).toContain('0.5 s');
    expect(performance.now() - startedAt).toBeLessThan(3000);
    await expectHealthy();
  });

  it.each(['heap', 'buffers', 'wasm'] as const)('ends a memory bomb (%s)', async (kind) => {
    const error = await failure({ do: kind });
    expect(error.code).toBe('memory_limit_exceeded');
    expect(error.message).toContain('300 MiB');
    await expectHealthy();
  });

  it('ends a task that writes too many files, or too large ones', async () => {
    expect((await failure({ do: 'files' })).code).toBe('output_limit_exceeded');
    await expectHealthy();
    expect((await failure({ do: 'file' })).code).toBe('output_limit_exceeded');
    await expectHealthy();
  });

  it('ends a task that prints without end', async () => {
    expect((await failure({ do: 'print' })).code).toBe('output_limit_exceeded');
    await expectHealthy();
  });

  it('refuses a result that is too long', async () => {
    expect((await failure({ do: 'big-result' })).code).toBe('output_limit_exceeded');
    await expectHealthy();
  });
});

describe('crashes', () => {
  it.each(['exit', 'abort', 'reject-late'] as const)('contains a process that dies (%s)', async (kind) => {
    expect((await failure({ do: kind })).code).toBe('sandbox_crashed');
    await expectHealthy();
  });

  it('contains a process that the system kills', async () => {
    const killed = failure({ do: 'stubborn' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { execFileSync } = await import('node:child_process');
    const children = execFileSync('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
    const child = children.split('\n').find((line) => line.includes('hostile-task'));
    process.kill(Number.parseInt(child ?? '', 10), 'SIGKILL');
    expect((await killed).code).toBe('sandbox_crashed');
    await expectHealthy();
  });

  it.each(['raw-flood', 'picture-flood', 'long-frame', 'garbage'] as const)(
    'ends a process that misuses its channel (%s)',
    async (kind) => {
      expect((await failure({ do: kind })).code).toBe('sandbox_crashed');
      await expectHealthy();
    },
  );

  it('takes progress in any amount from a task that reports through its context', async () => {
    const error = await failure({ do: 'flood' }, { limits: { seconds: 1 } });
    expect(['time_limit_exceeded', 'sandbox_crashed', 'memory_limit_exceeded']).toContain(error.code);
    await expectHealthy();
  });

  it('hears the progress of a task that works on without a break, while it works', async () => {
    const heard: number[] = [];
    const onProgress = () => heard.push(performance.now());
    expect(await run({ do: 'report-and-work', ms: 800 }, { onProgress })).toBe('done');
    expect(heard).toHaveLength(4);
    // Each step takes 200 ms; all at once would be the messages of a task that has ended.
    expect((heard.at(-1) as number) - (heard[0] as number)).toBeGreaterThan(300);
  });

  it('refuses tasks, with the reason, when its processes cannot start', async () => {
    const broken = await createSandbox<HostileInput, unknown>({
      name: 'broken',
      entry: new URL('./testing/broken-task.ts', import.meta.url),
      size: 1,
      limits: LIMITS,
      folder,
    });
    await expect(run({ do: 'echo', value: 1 }, {}, broken)).rejects.toMatchObject({ code: 'sandbox_crashed' });
    expect(broken.ready()).toMatchObject({ ready: false, reason: expect.stringContaining('broken cannot start') });
    expect(sandbox.ready()).toEqual({ ready: true });
    await broken.close();
  });
});

describe('cancel', () => {
  it('tells the task, and goes on with the same process when it obeys', async () => {
    const controller = new AbortController();
    const canceled = failure({ do: 'wait' }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    expect((await canceled).code).toBe('canceled');
    await expectHealthy();
  });

  it('kills the task that does not obey', async () => {
    const controller = new AbortController();
    const startedAt = performance.now();
    const canceled = failure({ do: 'stubborn' }, { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    expect((await canceled).code).toBe('canceled');
    expect(performance.now() - startedAt).toBeLessThan(4000);
    await expectHealthy();
  });

  it('gives up waiting for a free process', async () => {
    const controller = new AbortController();
    const busy = failure({ do: 'wait' }, { signal: controller.signal });
    const waiting = new AbortController();
    const canceled = failure({ do: 'echo', value: 1 }, { signal: waiting.signal });
    waiting.abort();
    expect((await canceled).code).toBe('canceled');
    const startedAt = performance.now();
    controller.abort();
    await busy;
    expect(performance.now() - startedAt).toBeLessThan(4000);
    await expectHealthy();
  });
});
