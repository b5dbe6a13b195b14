import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SAMPLES } from '#app/samples/samples.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { measureCost } from '#engine/measure/model-cost.ts';
import { compare, measureSource } from '#engine/operations/recipe-source.ts';
import { readModel } from '#engine/process/read-model.ts';
import { bundleAnew } from '../bundle-anew.ts';
import { keepResult } from '../machine.ts';
import { measureInTurns, type Summary } from './measure-process.ts';
import { makeTerrainBall } from './models/terrain-ball.ts';
import { packingRecipe } from './packing-recipe.ts';

/**
 * Simplifying and packing a model, beside gltfpack: time, size, and how far the result is from the source, measured the
 * same way for both. `npm run bench:optimise`.
 */
const ROUNDS = 5;
const RATIO = 0.25;
const SETTINGS = { samples: 200_000, seed: 1 };
const LIMITS = ModelLimits.parse({});
const TOOLS = ['maquette', 'gltfpack'] as const;
type Tool = (typeof TOOLS)[number];

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const once = join(import.meta.dirname, 'optimise-once.ts');
const folder = await mkdtemp(join(tmpdir(), 'maquette-optimise-'));
const cache = join(folder, 'compile-cache');
const input = join(folder, 'source.glb');
const output = (tool: Tool) => join(folder, `${tool}.glb`);
const recipeFile = join(folder, 'recipe.json');
await writeFile(recipeFile, JSON.stringify(packingRecipe(RATIO)));
/** Each tool's own command line. No limit on the error of gltfpack, as with ours. */
const contenders = [
  {
    name: 'maquette',
    args: [join(root, 'cli/maquette.js'), 'optimize', input, output('maquette'), '--recipe', recipeFile],
  },
  {
    name: 'gltfpack',
    args: [
      fileURLToPath(import.meta.resolve('gltfpack/cli.js')),
      ...['-i', input, '-o', output('gltfpack'), '-c', '-si', String(RATIO), '-se', '1'],
    ],
  },
];

const models = [
  { name: 'ball with hills, 1,000,000 triangles', make: () => makeTerrainBall(500) },
  ...SAMPLES.filter(({ fileName }) => ['gear-train.glb', 'mechanical-keyboard.glb'].includes(fileName)),
];

bundleAnew();
const results = [];
for (const { name, make } of models) {
  await writeFile(input, await make());
  const cold = await measureInTurns(contenders, ROUNDS, cache);
  const warm = { maquette: [] as number[], gltfpack: [] as number[] };
  // In turns, so that what else the machine does meets both.
  for (let round = 0; round < ROUNDS; round++) {
    for (const tool of TOOLS) {
      const { stdout } = await run(process.execPath, [once, tool, input, output(tool), String(RATIO)], {
        env: { ...process.env, NODE_COMPILE_CACHE: cache },
      });
      warm[tool].push(JSON.parse(stdout).warmSeconds);
    }
  }
  const tools: Record<string, unknown> = {};
  for (const tool of TOOLS) tools[tool] = await describe(tool, cold[tool]!, Math.min(...warm[tool]));
  results.push({ model: name, bytes: (await stat(input)).size, ...tools });
}
await rm(folder, { recursive: true, force: true });
await keepResult(join(import.meta.dirname, 'results/optimise.json'), {
  what: `weld, join, simplify to ${RATIO}, quantize and pack with meshopt; best of ${ROUNDS} processes of its command line each; warm: of later runs in a process that lives on`,
  results,
});

async function describe(tool: Tool, cold: Summary | { failed: string }, warm: number) {
  if ('failed' in cold) throw new Error(`${tool}: ${cold.failed}`);
  const source = await readModel([{ name: 'source.glb', bytes: await readFile(input) }], LIMITS);
  const bytes = await readFile(output(tool));
  const made = await readModel([{ name: 'made.glb', bytes }], LIMITS);
  const { surface } = measureSource(source.document, 0, SETTINGS);
  const deviation = compare(made.document, surface, SETTINGS);
  return {
    seconds: cold.seconds,
    cpuSeconds: cold.cpuSeconds,
    warmSeconds: Number(warm.toFixed(3)),
    bytes: bytes.byteLength,
    triangles: measureCost(made.document, 0).triangles,
    relativeMax: deviation && Number(deviation.relativeMax.toPrecision(3)),
    relativeMean: deviation && surface && Number((deviation.mean / surface.surface.diagonal).toPrecision(3)),
  };
}
