import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { newId } from '#contracts/ids/ids.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { openFolderStore } from '#platform/objects/folder-store.ts';
import { createSandbox } from '#platform/sandbox/create-sandbox.ts';
import type { ProcessInput } from '#services/geometry/sandbox/process-input.ts';
import { processHandler } from '#services/geometry/worker.ts';
import { keepResult } from '../machine.ts';
import { MILLION, makeModels } from './models/bench-models.ts';

/**
 * What an upload of a million triangles takes in the geometry service, step by step: the object store, a warm sandboxed
 * process, and everything in it. `node scripts/run.js bench/geometry/service-path.ts`.
 */
const ROUNDS = 3;

const models = await makeModels(join(import.meta.dirname, '../../data/bench'), MILLION);
const folder = await mkdtemp(join(tmpdir(), 'maquette-service-path-'));
const objects = await openFolderStore({ directory: join(folder, 'objects') });
const sandbox = await createSandbox<ProcessInput, unknown>({
  limits: { memoryBytes: 4 * 2 ** 30, seconds: 300, outputBytes: 2 ** 30 },
  folder: join(folder, 'work'),
  logger: pino({ level: 'silent' }),
  name: 'geometry',
  entry: new URL('../../services/geometry/sandbox/process-task.ts', import.meta.url),
  size: 1,
});
const handler = processHandler({ objects, sandbox, limits: ModelLimits.parse({}) });

const results = [];
for (const name of ['ball.obj', 'ball-binary.stl', 'ball.fbx']) {
  const files = [];
  for (const file of name === 'ball.obj' ? [name, 'ball.mtl'] : [name]) {
    const { sha256, bytes } = await objects.putFile(join(models, file));
    files.push({ name: file, sha256, bytes });
  }
  let best: { seconds: number; steps: Record<string, number> } | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    const run = await runOnce(files);
    if (!best || run.seconds < best.seconds) best = run;
  }
  results.push({ file: name, ...best });
}
await sandbox.close();
await objects.close();
await rm(folder, { recursive: true, force: true });
await keepResult(join(import.meta.dirname, 'results/service-path.json'), {
  what: `seconds of each step from a stored upload to the stored GLB and its report, in a warm sandbox; best of ${ROUNDS}`,
  results,
});

async function runOnce(files: { name: string; sha256: string; bytes: number }[]) {
  const start = performance.now();
  const marks: [step: string, at: number][] = [['fetch', start]];
  const context = {
    signal: new AbortController().signal,
    progress: (_share: number, stage: string) => {
      if (marks.at(-1)![0] !== stage) marks.push([stage, performance.now()]);
    },
  };
  const job = { payload: { assetId: newId('asset'), versionId: newId('version'), files } };
  await handler(job as Parameters<typeof handler>[0], context as unknown as Parameters<typeof handler>[1]);
  const end = performance.now();
  const steps: Record<string, number> = {};
  for (const [i, [step, at]] of marks.entries()) {
    const name = step === 'done' ? 'store' : step;
    steps[name] = seconds((marks[i + 1]?.[1] ?? end) - at);
  }
  return { seconds: seconds(end - start), steps };
}

function seconds(milliseconds: number): number {
  return Number((milliseconds / 1000).toFixed(3));
}
