import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { SAMPLES } from '#app/samples/samples.ts';
import { readModelFiles } from '#cli/model-files.ts';
import type { ModelReport } from '#contracts/model/model-report.ts';
import type { Operation } from '#contracts/operations/operation.ts';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { processModel } from '../process/process-model.ts';
import { LIMITS, optimizeFiles } from './testing/run.ts';

/** Real documents: everything that glTF has is in one of them. */
const MODELS = [
  'gltf/knight_meshopt.glb',
  'gltf/01_cs_morph/01_cs_morph.gltf',
  'gltf/03_skinned_cylinder/03_skinned_cylinder.gltf',
  'gltf/09_texture_transform/09_texture_transform.gltf',
  'gltf/18_variants/18_variants.gltf',
  'gltf/24_animation_pointer/24_animation_pointer.gltf',
  'gltf/25_anisotropy/25_anisotropy.gltf',
  'gltf/vrm-mtoon/cube.gltf',
  'gltf/BoxMeshopt.glb',
  'fbx/blender_293_barbarian_7400_binary.fbx',
  'splat/sphere_3dgs.glb',
];

/** Writing drops what is nearly nothing of node transforms: less than a hundred-thousandth of the model. */
const EXACT = 1e-5;
/** 14 bits of position and 8 of skin weights. */
const ROUNDED = 5e-4;

/** Every operation, and what it has to leave as it was: the surface, in shares of the diagonal, and the counts. */
const CASES: {
  operation: z.input<typeof Operation>;
  deviation: number;
  same: ('triangles' | 'materials' | 'clips')[];
}[] = [
  {
    operation: { type: 'transform', unit: 'cm', rotate: [0, 90, 0], center: 'bounds' },
    deviation: EXACT,
    same: ['triangles', 'materials', 'clips'],
  },
  { operation: { type: 'dedupe' }, deviation: EXACT, same: ['triangles', 'clips'] },
  { operation: { type: 'prune' }, deviation: EXACT, same: ['triangles', 'clips'] },
  {
    operation: { type: 'strip', kinds: ['animations', 'cameras', 'lights', 'textures', 'extras'] },
    deviation: EXACT,
    same: ['triangles', 'materials'],
  },
  {
    operation: { type: 'strip', kinds: ['skins', 'animations'] },
    deviation: EXACT,
    same: ['triangles', 'materials'],
  },
  {
    operation: { type: 'rename', kinds: ['nodes', 'materials'], prefix: 'x_', unique: true },
    deviation: EXACT,
    same: ['triangles', 'materials', 'clips'],
  },
  { operation: { type: 'flatten' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'join' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'instance', min: 2 }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'split', by: 'part' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'split' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'fillHoles', maxEdges: 12 }, deviation: 1, same: ['materials', 'clips'] },
  { operation: { type: 'weld' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'simplify', ratio: 0.5 }, deviation: 1, same: ['materials', 'clips'] },
  { operation: { type: 'lod', minTriangles: 20 }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'normals', overwrite: true }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'tangents', overwrite: true }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  {
    operation: { type: 'textures', maxSize: 64, format: 'webp' },
    deviation: EXACT,
    same: ['triangles', 'materials', 'clips'],
  },
  { operation: { type: 'quantize' }, deviation: ROUNDED, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'meshopt' }, deviation: ROUNDED, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'meshopt', level: 'lossless' }, deviation: EXACT, same: ['triangles', 'materials', 'clips'] },
  { operation: { type: 'draco' }, deviation: ROUNDED, same: ['materials', 'clips'] },
];

/** The report of each model as it came, made once. */
const sources = new Map<string, ModelReport>();

async function check(files: ModelFile[], index: number): Promise<void> {
  const { operation, deviation, same } = CASES[index]!;
  const name = files[0]!.name;
  const source = sources.get(name) ?? (await processModel(files, LIMITS)).report;
  sources.set(name, source);
  const { glb, report } = await optimizeFiles(files, {
    operations: [operation],
    deviation: { samples: 2000, seed: 1 },
  });
  const made = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
  const errors = made.report.validation.issues.filter(({ severity }) => severity === 'error');
  expect(errors).toEqual([]);
  if (same.includes('triangles')) expect(made.report.triangles).toBe(source.triangles);
  else if (operation.type === 'fillHoles') expect(made.report.triangles).toBeGreaterThanOrEqual(source.triangles);
  else expect(made.report.triangles).toBeLessThanOrEqual(source.triangles);
  if (same.includes('materials')) expect(made.report.materials.length).toBe(source.materials.length);
  if (same.includes('clips')) {
    const clips = ({ animations }: ModelReport) =>
      animations.map(({ name, seconds }) => [name, Math.round(seconds * 1000)]);
    expect(clips(made.report)).toEqual(clips(source));
  }
  if (report.deviation) expect(report.deviation.relativeMax).toBeLessThan(deviation);
  else expect(source.triangles === 0 || source.triangles > 5_000_000).toBe(true);
  expect(report.output.triangles).toBe(made.report.triangles);
}

/**
 * The models that an operation is tried on: a third of them, others for the next operation, so that each model meets all
 * kinds of operations in a few seconds. `MAQUETTE_TEST_ALL=1` tries every operation on every model.
 */
function modelsOf(operation: number): string[] {
  if (process.env.MAQUETTE_TEST_ALL === '1') return MODELS;
  return MODELS.filter((_, model) => (operation + model) % 3 === 0);
}

describe.skipIf(!hasCorpus)('every operation on real models', () => {
  it.each(CASES.map(({ operation }, index) => [JSON.stringify(operation), index] as const))(
    '%s',
    async (_name, index) => {
      for (const path of modelsOf(index)) {
        try {
          await check(await readModelFiles(`${CORPUS}/${path}`), index);
        } catch (error) {
          throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
        }
      }
    },
    60_000,
  );
});

describe('every operation on a sample', () => {
  it.each(CASES.map(({ operation }, index) => [JSON.stringify(operation), index] as const))(
    '%s',
    async (_name, index) => {
      const sample = SAMPLES.find(({ fileName }) => fileName === 'gear-train.glb')!;
      await check([{ name: sample.fileName, bytes: await sample.make() }], index);
    },
    30_000,
  );
});

describe.skipIf(!hasCorpus)('extensions that are carried along', () => {
  it('keep what they refer to through dedupe and prune', async () => {
    const files = await readModelFiles(`${CORPUS}/gltf/24_animation_pointer/24_animation_pointer.gltf`);
    const { glb } = await optimizeFiles(files, {
      operations: [{ type: 'dedupe' }, { type: 'prune' }, { type: 'weld' }],
    });
    const { report } = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    const { animations } = (await processModel(files, LIMITS)).report;
    expect(report.animations.map(({ channels }) => channels)).toEqual(animations.map(({ channels }) => channels));
    expect(report.extensionsUsed).toContain('KHR_animation_pointer');
  });
});
