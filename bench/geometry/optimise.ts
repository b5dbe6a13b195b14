import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SAMPLES } from '#app/samples/samples.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { measureCost } from '#engine/measure/model-cost.ts';
import { compare, measureSource } from '#engine/operations/recipe-source.ts';
import { readModel } from '#engine/process/read-model.ts';
import { keepResult } from '../machine.ts';
import { makeTerrainBall } from './models/terrain-ball.ts';

/**
 * Simplifying and packing a model, beside gltfpack: time, size, and how far the result is from the source, measured the
 * same way for both. `npm run bench:optimise`.
 */
const ROUNDS = 5;
const RATIO = 0.25;
const SETTINGS = { samples: 200_000, seed: 1 };
const LIMITS = ModelLimits.parse({});
const TOOLS = ['maquette', 'gltfpack'] as const;

const run = promisify(execFile);
const once = join(import.meta.dirname, 'optimise-once.ts');
const folder = await mkdtemp(join(tmpdir(), 'maquette-optimise-'));

const models = [
  { name: 'ball with hills, 1,000,000 triangles', make: () => makeTerrainBall(500) },
  ...SAMPLES.filter(({ fileName }) => ['gear-train.glb', 'mechanical-keyboard.glb'].includes(fileName)),
];

const results = [];
for (const { name, make } of models) {
  const input = join(folder, 'source.glb');
  await writeFile(input, await make());
  const tools: Record<string, unknown> = {};
  const times = { maquette: [] as Run[], gltfpack: [] as Run[] };
  // In turns, so that what else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++) {
    for (const tool of TOOLS) {
      const { stdout } = await run(
        process.execPath,
        [once, tool, input, join(folder, `${tool}.glb`), String(RATIO)],
        // As the command line does, and for both alike.
        { env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compile-cache') } },
      );
      times[tool].push(JSON.parse(stdout));
    }
  }
  for (const tool of TOOLS) tools[tool] = await describe(input, join(folder, `${tool}.glb`), times[tool]);
  results.push({ model: name, bytes: (await stat(input)).size, ...tools });
}
await rm(folder, { recursive: true, force: true });
await keepResult(join(import.meta.dirname, 'results/optimise.json'), {
  what: `weld, join, simplify to ${RATIO}, quantize and pack with meshopt; best of ${ROUNDS} processes each; warm: of later runs in the same process`,
  results,
});

interface Run {
  seconds: number;
  cpuSeconds: number;
  warmSeconds: number;
}

async function describe(input: string, output: string, times: Run[]) {
  const source = await readModel([{ name: 'source.glb', bytes: await readFile(input) }], LIMITS);
  const bytes = await readFile(output);
  const made = await readModel([{ name: 'made.glb', bytes }], LIMITS);
  const { surface } = measureSource(source.document, 0, SETTINGS);
  const deviation = compare(made.document, surface, SETTINGS);
  const best = (of: (run: Run) => number) => Number(Math.min(...times.map(of)).toFixed(3));
  return {
    seconds: best(({ seconds }) => seconds),
    cpuSeconds: best(({ cpuSeconds }) => cpuSeconds),
    warmSeconds: best(({ warmSeconds }) => warmSeconds),
    bytes: bytes.byteLength,
    triangles: measureCost(made.document, 0).triangles,
    relativeMax: deviation && Number(deviation.relativeMax.toPrecision(3)),
    relativeMean: deviation && surface && Number((deviation.mean / surface.surface.diagonal).toPrecision(3)),
  };
}
