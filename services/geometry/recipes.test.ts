import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCeramicVase } from '#app/samples/ceramic-vase.ts';
import { newId } from '#contracts/ids/ids.ts';
import { derivativeKey } from '#contracts/jobs/derivative-key.ts';
import { JOB_KINDS, type KeptState } from '#contracts/jobs/job-kinds.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import type { AnyRecipe } from '#contracts/operations/any-recipe.ts';
import { PRESETS } from '#contracts/operations/presets.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import { RecipeGraph } from '#contracts/operations/recipe-graph.ts';
import { processModel } from '#engine/process/process-model.ts';
import { JobOffice } from '#platform/jobs/testing/job-office.ts';
import { openFolderStore } from '#platform/objects/folder-store.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { putBytes, readBytes } from '#platform/objects/testing/bytes.ts';
import { createOutbound } from '#platform/outbound/outbound.ts';
import type { Service } from '#platform/service/service.ts';
import { makeCube } from '#test/models/cube.ts';
import { createGeometryService } from './service.ts';

const GIB = 1024 ** 3;
let folder: string;
let objects: ObjectStore;
let office: JobOffice;
let service: Service;
let glb: { sha256: string; bytes: number };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-recipes-test-'));
  objects = await openFolderStore({ directory: join(folder, 'objects') });
  office = new JobOffice();
  service = await createGeometryService({
    jobs: office.client,
    objects,
    workFolder: join(folder, 'work'),
    outbound: createOutbound({ allow: [], ports: null }),
    scan: async () => {},
    limits: ModelLimits.parse({}),
    sandboxLimits: { memoryBytes: GIB, seconds: 60, outputBytes: GIB },
    concurrency: 1,
    threads: 2,
    logger: pino({ level: 'silent' }),
  });
  await service.start();
  const vase = await makeCeramicVase();
  glb = await putBytes(objects, vase);
});

afterAll(async () => {
  await service.stop();
  expect(await readdir(join(folder, 'work', 'recipes'))).toEqual([]);
  await objects.close();
  await rm(folder, { recursive: true, force: true });
});

const payloadOf = (recipe: AnyRecipe, blob = glb, states: KeptState[] = []) => ({
  assetId: newId('asset'),
  versionId: newId('version'),
  glb: blob,
  recipe,
  key: derivativeKey(blob.sha256, 'geometry.recipe', recipe),
  states,
  keepBytes: 2 ** 28,
});

const run = (...what: Parameters<typeof payloadOf>) => office.finished('geometry.recipe', payloadOf(...what));

async function result(recipe: AnyRecipe, states?: KeptState[]) {
  const outcome = await run(recipe, glb, states);
  if (outcome.case !== 'resultJson') throw new Error(JSON.stringify(outcome));
  const made = JOB_KINDS['geometry.recipe'].result.parse(JSON.parse(outcome.value));
  return { ...made, ...made.results[0]! };
}

describe('recipes in the sandbox', () => {
  it('make a sound model, the same bytes each time, and report progress by operation', async () => {
    expect(await service.ready()).toEqual({ ready: true });
    const made = await result(PRESETS.web.recipe);
    expect(made.report.output.bytes).toBe(made.files[0]!.bytes);
    expect(made.report.output.bytes).toBeLessThan(made.report.input.bytes / 2);
    expect(made.report.deviation!.relativeMax).toBeLessThan(0.002);
    expect(made.peakBytes).toBeGreaterThan(0);
    const bytes = await readBytes(objects, made.files[0]!.sha256);
    const { report } = await processModel([{ name: 'made.glb', bytes: bytes }], ModelLimits.parse({}));
    expect(report.validation.errors).toBe(0);
    // Textures went through the native library.
    expect(report.textures.some(({ mimeType }) => mimeType === 'image/webp')).toBe(true);
    expect((await result(PRESETS.web.recipe)).files).toEqual(made.files);
    expect(office.beats.some(({ stage, progress }) => stage !== '' && progress > 0 && progress < 1)).toBe(true);
  });

  it('compare pictures on threads of their own, within the limits', async () => {
    const made = await result(
      Recipe.parse({ operations: [{ type: 'simplify', ratio: 0.3 }], gates: { minSsim: 0.8 }, picture: { size: 256 } }),
    );
    expect(made.report.picture).toMatchObject({ views: 4, size: 256 });
    expect(made.report.picture!.ssim.min).toBeGreaterThan(0.8);
    expect(made.report.picture!.ssim.min).toBeLessThan(1);
  });

  // Their libraries are WebAssembly: loading them must not need more than a sandbox permits.
  it.each([
    { type: 'hull' },
    { type: 'slice' },
    { type: 'boolean', open: 'remesh' },
    { type: 'remesh', resolution: 24, method: 'skin' },
    { type: 'voxelize', resolution: 24 },
    { type: 'sample', count: 1000, pattern: 'blueNoise' },
    { type: 'convexDecompose', maxParts: 2 },
    { type: 'collider', shape: 'capsule' },
    { type: 'navmesh', agentRadius: 0.02, agentHeight: 0.05, minArea: 0 },
  ] as const)('can make solids: $type', async (operation) => {
    const made = await result(Recipe.parse({ operations: [operation], deviation: { samples: 0 } }));
    const bytes = await readBytes(objects, made.files[0]!.sha256);
    const { report } = await processModel([{ name: 'made.glb', bytes }], ModelLimits.parse({}));
    expect(report.validation.errors).toBe(0);
    expect(made.report.operations[0]!.notes.length).toBeGreaterThan(0);
  });

  it('go on from what an earlier one has kept, and give the same bytes as without', async () => {
    const begin = [{ type: 'weld' as const }, { type: 'simplify' as const, ratio: 0.4 }];
    const deviation = { samples: 0 };
    const recipe = Recipe.parse({ operations: [...begin, { type: 'meshopt' }], deviation });
    const first = await result(Recipe.parse({ operations: [...begin, { type: 'prune' }], deviation }));
    expect(first.states.length).toBeGreaterThan(0);
    const alone = await result(recipe);
    const after = await result(recipe, first.states);
    expect(alone.report.operations.map(({ cached }) => cached)).toEqual([false, false, false]);
    expect(after.report.operations.map(({ cached }) => cached)).toEqual([true, true, false]);
    expect(after.files).toEqual(alone.files);
    // What is gone from the storage is made anew.
    const lost = first.states.map(({ key }) => ({ key, blob: { sha256: 'f'.repeat(64), bytes: 1 } }));
    expect((await result(recipe, lost)).files).toEqual(alone.files);
  });

  it('take another model, from the storage too, and say so where it is lost', async () => {
    const cutter = await putBytes(objects, await makeCube(0.05));
    const recipe = Recipe.parse({
      operations: [{ type: 'boolean', operation: 'difference', with: 'ast_cutter', open: 'remesh' }],
      deviation: { samples: 0 },
    });
    const other = { model: 'ast_cutter', assetId: newId('asset'), versionId: newId('version') };
    const ask = (blob: typeof cutter) =>
      office.finished('geometry.recipe', { ...payloadOf(recipe), others: [{ ...other, glb: blob }] });
    const outcome = await ask(cutter);
    if (outcome.case !== 'resultJson') throw new Error(JSON.stringify(outcome));
    const { results } = JOB_KINDS['geometry.recipe'].result.parse(JSON.parse(outcome.value));
    const [{ files, report: made }] = results as [(typeof results)[0]];
    expect(made.operations[0]!.notes).toContain('1 mesh came from ast_cutter.');
    expect(made.operations[0]!.before.triangles).toBe(made.input.triangles + 12);
    const bytes = await readBytes(objects, files[0]!.sha256);
    const { report } = await processModel([{ name: 'made.glb', bytes }], ModelLimits.parse({}));
    expect(report.validation.errors).toBe(0);
    expect(await ask({ sha256: '0'.repeat(64), bytes: 5 })).toMatchObject({
      case: 'failure',
      value: { retryable: true, errorJson: expect.stringContaining(other.assetId) },
    });
  });

  it('that are graphs make a file for each output', async () => {
    const made = await result(
      RecipeGraph.parse({
        nodes: { low: { type: 'simplify', ratio: 0.2 }, packed: { type: 'meshopt', from: 'low' } },
        outputs: { plain: 'low', packed: { node: 'packed', formats: ['glb', 'gltf'] } },
        deviation: { samples: 0 },
      }),
    );
    expect(made.results.map(({ name, files }) => [name, files.length])).toEqual([
      ['plain', 1],
      ['packed', 2],
    ]);
  });

  it('are canceled within a second, in the middle of their work', async () => {
    const long = Recipe.parse({ ...PRESETS.web.recipe, target: { bytes: 30_000 } });
    const jobId = office.add('geometry.recipe', payloadOf(long));
    const isAtWork = () => office.beats.some((beat) => beat.jobId === jobId && beat.progress > 0.1);
    await expect.poll(isAtWork, { timeout: 30_000, interval: 10 }).toBe(true);
    const leases = office.capacities.length;
    const canceledAt = performance.now();
    office.state = 'canceled';
    // The worker asks for the next job when it is done with this one.
    await expect.poll(() => office.capacities.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(leases);
    expect(performance.now() - canceledAt).toBeLessThan(1000);
    office.state = 'running';
    expect(office.settled.has(jobId)).toBe(false);
  });

  it('that fail say why, and are not tried again', async () => {
    const gated = await run(
      Recipe.parse({ operations: [{ type: 'simplify', ratio: 0.01 }], gates: { maxRelativeDeviation: 0.00001 } }),
    );
    const impossible = await run(Recipe.parse({ target: { bytes: 100 }, deviation: { samples: 0 } }));
    for (const [outcome, code] of [
      [gated, 'gate_failed'],
      [impossible, 'target_unreachable'],
    ] as const) {
      if (outcome.case !== 'failure') throw new Error(outcome.case);
      expect(outcome.value.retryable).toBe(false);
      expect(JSON.parse(outcome.value.errorJson)).toMatchObject({ code, fault: 'input', remedy: expect.any(String) });
    }
  });

  it('take a lost blob for a fault of the system', async () => {
    const outcome = await run(PRESETS.archive.recipe, { sha256: '0'.repeat(64), bytes: 5 });
    expect(outcome).toMatchObject({ case: 'failure', value: { retryable: true } });
  });
});
