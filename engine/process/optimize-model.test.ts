import { describe, expect, it } from 'vitest';
import { makeCeramicVase } from '#app/samples/ceramic-vase.ts';
import type { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { PRESETS, PresetName } from '#contracts/operations/presets.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import { recipeProblems } from '#contracts/operations/recipe-rules.ts';
import { apply, LIMITS, optimizeDocument, optimizeFiles } from '../operations/testing/run.ts';
import { documentOf, plate, sphere } from '../operations/testing/shapes.ts';
import { processModel } from './process-model.ts';

const vase = [{ name: 'vase.glb', bytes: await makeCeramicVase() }];

async function refusal(promise: Promise<unknown>): Promise<MaquetteError> {
  return promise.then(
    () => {
      throw new Error('it was accepted');
    },
    (error: MaquetteError) => error,
  );
}

describe('the presets', () => {
  it.each(PresetName.options)('%s: a sound model, no larger, and near its source', async (name) => {
    const { glb, report } = await optimizeFiles(vase, PRESETS[name].recipe);
    const made = await processModel([{ name: 'made.glb', bytes: glb }], LIMITS);
    expect(made.report.validation.errors).toBe(0);
    expect(report.output).toMatchObject({
      bytes: glb.byteLength,
      triangles: made.report.triangles,
      vertices: made.report.vertices,
    });
    expect(report.output.bytes).toBeLessThanOrEqual(report.input.bytes);
    expect(report.deviation!.relativeMax).toBeLessThan(
      { web: 0.002, mobile: 0.006, ar: 0.004, archive: 0.00001, print: 0.0005 }[name],
    );
    expect(report.operations.map(({ operation }) => operation.type)).toEqual(
      PRESETS[name].recipe.operations.map(({ type }) => type),
    );
    expect(report.operations[0]!.before).toEqual(report.input);
    for (const [index, { before }] of report.operations.entries()) {
      if (index > 0) expect(before).toEqual(report.operations[index - 1]!.after);
    }
    expect(recipeProblems(PRESETS[name].recipe)).toEqual([]);
  });
});

describe('a recipe', () => {
  it('gives the same bytes each time', async () => {
    const [first, second] = [
      await optimizeFiles(vase, PRESETS.web.recipe),
      await optimizeFiles(vase, PRESETS.web.recipe),
    ];
    expect(Buffer.compare(first.glb, second.glb)).toBe(0);
    expect(second.report.deviation).toEqual(first.report.deviation);
  });

  it('measures from the source as it was moved', async () => {
    const document = documentOf(sphere(1, 4));
    const { report } = await optimizeDocument(document, {
      operations: [{ type: 'transform', scale: 10, translate: [100, 0, 0] }, { type: 'quantize' }],
    });
    expect(report.deviation!.max).toBeGreaterThan(0);
    // Half a step of 14 bits over twenty metres, in three directions.
    expect(report.deviation!.max).toBeLessThan((20 / 2 ** 14) * Math.sqrt(3));
    expect(report.deviation!.relativeMax).toBeCloseTo(report.deviation!.max / (20 * Math.sqrt(3)), 6);
  });

  it('tells the deviation after each operation that moves the surface', async () => {
    const { report } = await optimizeDocument(documentOf(sphere(1, 5)), {
      operations: [
        { type: 'simplify', ratio: 0.5 },
        { type: 'dedupe' },
        { type: 'simplify', ratio: 0.1 },
        { type: 'rename', suffix: '!' },
      ],
    });
    const [first, second, third, fourth] = report.operations.map(({ deviation }) => deviation);
    expect(first!.max).toBeGreaterThan(0);
    expect(second).toBeNull();
    expect(third!.max).toBeGreaterThan(first!.max);
    expect(third).toEqual(report.deviation);
    expect(fourth).toBeNull();
  });

  it('fails at a gate, with every figure', async () => {
    const error = await refusal(
      optimizeDocument(documentOf(sphere(1, 4)), {
        operations: [{ type: 'simplify', ratio: 0.02 }],
        gates: { maxRelativeDeviation: 0.0001, maxTriangles: 100, maxBytes: 100, maxTextureSize: 10 },
      }),
    );
    expect(error).toMatchObject({ code: 'gate_failed', fault: 'input' });
    expect(error.errors!.map(({ pointer }) => pointer)).toEqual(['/gates/maxRelativeDeviation', '/gates/maxBytes']);
    expect(error.message).toContain('the limit is 100');
    expect(error.remedy).toBeTruthy();
  });

  it('fails at a gate that cannot be measured', async () => {
    const document = documentOf(plate(1, 1));
    document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.setMode(0);
    const error = await refusal(
      optimizeDocument(document, { operations: [{ type: 'weld' }], gates: { maxDeviation: 1 } }),
    );
    expect(error.code).toBe('gate_failed');
    expect(error.message).toContain('nothing could be measured');
  });

  it('reaches a number of triangles', async () => {
    const { report } = await optimizeFiles(vase, { target: { triangles: 2000 } });
    expect(report.output.triangles).toBeLessThanOrEqual(2000);
    expect(report.output.triangles).toBeGreaterThan(1800);
    const easy = await optimizeFiles(vase, { target: { triangles: 1_000_000 } });
    expect(easy.report).toMatchObject({ attempts: 1, output: { triangles: easy.report.input.triangles } });
  });

  it('reaches a size in bytes with as much detail as it allows', async () => {
    for (const bytes of [400_000, 60_000]) {
      const { report, glb } = await optimizeFiles(vase, {
        operations: [{ type: 'textures', format: 'webp' }, { type: 'meshopt' }],
        target: { bytes },
        deviation: { samples: 0 },
      });
      expect(glb.byteLength).toBeLessThanOrEqual(bytes);
      if (report.attempts > 1) expect(glb.byteLength).toBeGreaterThan(bytes * 0.8);
      expect(report.deviation).toBeNull();
    }
  });

  it('says what it came to where a target cannot be reached', async () => {
    const error = await refusal(optimizeFiles(vase, { target: { bytes: 500 }, deviation: { samples: 0 } }));
    expect(error).toMatchObject({ code: 'target_unreachable', fault: 'input' });
    expect(error.message).toMatch(/comes down to \d+ bytes at best; the target is 500/);
  });

  it('is ended between two operations', async () => {
    const { optimizeModel } = await import('./optimize-model.ts');
    const controller = new AbortController();
    const stages: string[] = [];
    const host = {
      decodeImage: () => Promise.reject(new Error('no')),
      encodeTexture: () => Promise.reject(new Error('no')),
      renderer: () => Promise.reject(new Error('no')),
      collapser: { collapse: () => Promise.reject(new Error('no')) },
      now: () => 0,
    };
    const run = optimizeModel(
      vase,
      Recipe.parse({ operations: [{ type: 'dedupe' }, { type: 'weld' }] }),
      LIMITS,
      host,
      {
        signal: controller.signal,
        onProgress(stage) {
          stages.push(stage);
          if (stage === 'dedupe') controller.abort(new Error('enough'));
        },
      },
    );
    await expect(run).rejects.toThrow('enough');
    expect(stages).toEqual(['read', 'dedupe']);
  });
});

describe('an impossible recipe', () => {
  it.each([
    [{ operations: [] }, '/operations'],
    [{ operations: [{ type: 'meshopt' }, { type: 'simplify', ratio: 0.5 }] }, '/operations/1'],
    [{ operations: [{ type: 'draco' }, { type: 'meshopt' }] }, '/operations/1'],
    [{ operations: [{ type: 'lod' }, { type: 'join' }] }, '/operations/1'],
    [{ operations: [{ type: 'lod' }, { type: 'lod' }] }, '/operations/1'],
    [{ operations: [{ type: 'simplify' }] }, '/operations/0'],
    [
      {
        operations: [
          {
            type: 'lod',
            levels: [
              { ratio: 0.1, coverage: 0.1 },
              { ratio: 0.2, coverage: 0.05 },
            ],
          },
        ],
      },
      '/operations/0/levels',
    ],
    [{ operations: [{ type: 'transform', fit: 1, scale: 2 }] }, '/operations/0/fit'],
    [{ operations: [{ type: 'rename' }] }, '/operations/0'],
    [{ operations: [{ type: 'textures' }] }, '/operations/0'],
  ])('%j is refused before anything is read', async (recipe, pointer) => {
    const error = await refusal(optimizeFiles([], recipe as Recipe));
    expect(error).toMatchObject({ code: 'invalid_request', errors: [{ pointer }] });
  });

  it('with an unknown field or operation does not parse', () => {
    expect(Recipe.safeParse({ operations: [{ type: 'simplify', ration: 0.5 }] }).success).toBe(false);
    expect(Recipe.safeParse({ operations: [{ type: 'levitate' }] }).success).toBe(false);
    expect(Recipe.safeParse({ target: {} }).success).toBe(false);
  });
});

describe('an operation that does not apply', () => {
  it('says so and changes nothing', async () => {
    const document = documentOf(plate(1, 2));
    expect(await apply(document, { type: 'lod' })).toEqual(['No mesh has enough triangles.']);
    expect(await apply(document, { type: 'tangents' })).toEqual([]);
  });
});
