import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ownClaim, type ProcessClaim } from '../process/process-claim.ts';
import { createSandbox } from './create-sandbox.ts';
import { probeProtection } from './protection.ts';
import { residentMemory } from './resident-memory.ts';
import { findSystemTools } from './system-tools.ts';
import type { HostileInput } from './testing/hostile-task.ts';
import { ENTRY, LIMITS, MIB, runHostile } from './testing/run-hostile.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-pool-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a pool of processes', () => {
  it('removes what killed servers left behind, and keeps what lives', async () => {
    const pool = join(folder, 'swept');
    const session = async (name: string, claim: ProcessClaim) => {
      await mkdir(join(pool, name, '1'), { recursive: true });
      await writeFile(join(pool, name, 'claim.json'), JSON.stringify(claim));
    };
    const own = await ownClaim();
    await session('mine', own);
    await session('killed', { ...own, pid: 4_194_300 });
    await session('same-pid-reused', { ...own, started: 'another boot/1' });
    await session('another-machine', { ...own, host: 'elsewhere' });
    await session('another-machine-long-gone', { ...own, host: 'elsewhere' });
    await utimes(join(pool, 'another-machine-long-gone'), 0, 0);
    const swept = await createSandbox({ name: 'swept', entry: ENTRY, size: 1, limits: LIMITS, folder });
    const left = await readdir(pool);
    expect(left.filter((name) => /[^0-9a-f]/.test(name)).sort()).toEqual(['another-machine', 'mine']);
    expect(left).toHaveLength(3);
    await swept.close();
    expect((await readdir(pool)).sort()).toEqual(['another-machine', 'mine']);
    await expect(
      swept.run({ input: { do: 'echo', value: 1 }, prepare: async () => {}, collect: async () => 1 }),
    ).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('replaces a process after its tasks', async () => {
    const short = await createSandbox<HostileInput, unknown>({
      name: 'short',
      entry: ENTRY,
      size: 1,
      limits: LIMITS,
      folder,
      tasksPerProcess: 2,
    });
    const folders = new Set<string>();
    for (let i = 0; i < 4; i++)
      await runHostile(short, { do: 'echo', value: 1 }, { prepare: async (own) => void folders.add(own) });
    expect(folders.size).toBe(2);
    await short.close();
  });

  it('runs as many tasks at once as it has processes, the others after them', async () => {
    const pair = await createSandbox<HostileInput, unknown>({
      name: 'pair',
      entry: ENTRY,
      size: 2,
      limits: LIMITS,
      folder,
    });
    const folders = new Set<string>();
    const bothBusy = Promise.withResolvers<void>();
    const prepare = async (own: string) => {
      folders.add(own);
      if (folders.size === 2) bothBusy.resolve();
      await bothBusy.promise;
    };
    const all = Array.from({ length: 8 }, (_, i) => runHostile(pair, { do: 'echo', value: i }, { prepare }));
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(folders.size).toBe(2);
    await pair.close();
  });

  it('gives a task to another process when one ends before the task began in it', async () => {
    // Without looking at what a process keeps (1 GiB), and with a pause for it, in which it ends.
    for (const idleBytes of [1024 ** 3, 1]) {
      const options = { name: 'fading', entry: ENTRY, size: 1, limits: LIMITS, folder, idleBytes };
      const fading = await createSandbox<HostileInput, unknown>(options);
      for (const ms of [0, 5, 60]) {
        const first = runHostile(fading, { do: 'exit-later', ms });
        const second = runHostile(fading, { do: 'echo', value: 'well' });
        expect(await first).toBe('done');
        expect(await second).toBe('well');
      }
      await fading.close();
    }
  });

  it('prepares a task anew in the next process when its own ended meanwhile, and once only when it had begun', async () => {
    // It keeps its processes, whatever they hold.
    const options = { name: 'lost', entry: ENTRY, size: 1, limits: LIMITS, folder, idleBytes: 1024 ** 3 };
    const lost = await createSandbox<HostileInput, unknown>(options);
    await runHostile(lost, { do: 'exit-later', ms: 500 });
    const folders: string[] = [];
    const outlive = async (own: string) => {
      folders.push(own);
      if (folders.length === 1) await vi.waitUntil(() => !existsSync(own), { timeout: 20_000 });
    };
    expect(await runHostile(lost, { do: 'echo', value: 'well' }, { prepare: outlive })).toBe('well');
    expect(new Set(folders).size).toBe(2);
    let prepared = 0;
    const crash = runHostile(lost, { do: 'exit' }, { prepare: async () => void prepared++ });
    await expect(crash).rejects.toMatchObject({ code: 'sandbox_crashed' });
    expect(prepared).toBe(1);
    await lost.close();
  });

  it('lets a run have more time and output than the pool, up to its ceilings', async () => {
    const limits = { memoryBytes: 300 * MIB, seconds: 5, outputBytes: MIB };
    const ceilings = { seconds: 7, outputBytes: 8 * MIB };
    const pool = await createSandbox<HostileInput, unknown>({
      name: 'raised',
      entry: ENTRY,
      size: 1,
      limits,
      ceilings,
      folder,
    });
    const write = { do: 'copy' } as const;
    const prepare = (own: string) => writeFile(join(own, 'in.txt'), 'a'.repeat(4 * MIB));
    const more = { seconds: 60, outputBytes: 5 * MIB };
    await expect(runHostile(pool, write, { prepare })).rejects.toMatchObject({ code: 'output_limit_exceeded' });
    expect(await runHostile(pool, write, { prepare, limits: more })).toEqual({ written: true });
    const startedAt = performance.now();
    const loop = runHostile(pool, { do: 'loop' }, { limits: more });
    await expect(loop).rejects.toMatchObject({ code: 'time_limit_exceeded' });
    // The run asked for a minute; the pool has five seconds, its ceiling is seven.
    expect(performance.now() - startedAt).toBeGreaterThan(6_900);
    expect(performance.now() - startedAt).toBeLessThan(40_000);
    await pool.close();
  });

  it('kills its processes with the server, whatever they do, and the next server removes their folders', async () => {
    const orphaned = join(folder, 'orphaned');
    const server = spawn(process.execPath, [join(import.meta.dirname, 'testing/doomed-server.ts'), orphaned], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(server.stdout, 'data');
    const pid = Number(line);
    expect(await residentMemory(pid)).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    server.kill('SIGKILL');
    const { parentDeathSignal } = await probeProtection(findSystemTools());
    if (!parentDeathSignal)
      console.warn('this system has no signal on the death of a parent; the time limit ends orphans');
    else await expect.poll(() => residentMemory(pid), { timeout: 3000 }).toBe(0);
    expect(await readdir(join(orphaned, 'doomed'))).toHaveLength(1);
    const next = await createSandbox({ name: 'doomed', entry: ENTRY, size: 1, limits: LIMITS, folder: orphaned });
    await next.close();
    expect(await readdir(join(orphaned, 'doomed'))).toEqual([]);
  });
});
