import { describe, expect, it } from 'vitest';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { RecipeInput, recipeOf } from '#contracts/operations/recipe-input.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { writeGlb } from '../formats/gltf/write-glb.ts';
import type { StateCache } from '../operations/step-state.ts';
import { LIMITS } from '../operations/testing/run.ts';
import { box, documentOf, sphere } from '../operations/testing/shapes.ts';
import { volumeOf } from '../operations/testing/solid-measures.ts';
import { type CarryOutOptions, carryOutRecipe } from './carry-out-recipe.ts';

const fileOf = async (document: ReturnType<typeof documentOf>) => [
  { name: 'model.glb', bytes: await writeGlb(document) },
];
const BLOCK = await fileOf(documentOf(box([-1, -1, -1], [1, 1, 1])));
const CUTTER = { files: await fileOf(documentOf(box([0, 0, 0], [1, 1, 1]))), key: 'c'.repeat(64) };
const BALL = { files: await fileOf(documentOf(sphere(0.5, 6))), key: 'b'.repeat(64) };
const BLOCK_KEY: Sha256 = 'a'.repeat(64);

const carryOut = (input: unknown, options: CarryOutOptions = {}, limits = LIMITS) =>
  carryOutRecipe(BLOCK, recipeOf(RecipeInput.parse(input)), limits, nodeOperationHost, options);

const cut = (model: string) => ({ type: 'boolean', operation: 'difference', with: model });

describe('other models of a recipe', () => {
  it('are cut with at several nodes of a graph, and count among what an operation works on', async () => {
    const others = new Map(Object.entries({ cutter: CUTTER, ball: BALL }));
    const { results } = await carryOut(
      {
        nodes: { corner: cut('cutter'), both: { ...cut('ball'), from: 'corner' }, again: cut('cutter') },
        outputs: { both: 'both', again: 'again' },
      },
      { others },
    );
    const [both, again] = results;
    expect(volumeOf(again!.document)).toBeCloseTo(7, 4);
    // Of the ball, an eighth lay in the corner that is gone.
    expect(volumeOf(both!.document)).toBeCloseTo(7 - (7 / 8) * (4 / 3) * Math.PI * 0.125, 1);
    const { operations, input } = both!.report;
    expect(input.triangles).toBe(12);
    expect(operations.map(({ before }) => before.triangles - input.triangles)).toEqual([12, expect.any(Number)]);
    expect(operations[1]!.before.triangles).toBe(operations[0]!.after.triangles + 8 * 4 ** 6);
    expect(operations[1]!.operation).toMatchObject({ with: 'ball' });
  });

  it('are told apart by what they hold where results of steps are kept, not by their names', async () => {
    const kept = new Map<Sha256, Uint8Array>();
    const states: StateCache = {
      read: async (key) => kept.get(key) ?? null,
      write: async (key, state) => void kept.set(key, state),
    };
    const run = async (name: string, other: typeof BALL) => {
      const recipe = { operations: [cut(name), { type: 'prune' }], deviation: { samples: 0 } };
      const cache = { states, source: BLOCK_KEY };
      const [result] = (await carryOut(recipe, { cache, others: new Map([[name, other]]) })).results;
      return { glb: result!.glb, steps: result!.report.operations };
    };
    const first = await run('ball', BALL);
    expect(first.steps.map(({ cached }) => cached)).toEqual([false, false]);
    expect(kept.size).toBeGreaterThan(0);
    const same = await run('the same by another name', BALL);
    expect(same.steps.map(({ cached }) => cached)).toEqual([true, expect.any(Boolean)]);
    expect(same.steps[0]!.operation).toMatchObject({ with: 'the same by another name' });
    expect(same.glb).toEqual(first.glb);
    const other = await run('ball', CUTTER);
    expect(other.steps.map(({ cached }) => cached)).toEqual([false, false]);
    expect(other.glb).not.toEqual(first.glb);
  });

  it('count together with the source for every limit, and are named where something is wrong with them', async () => {
    const others = new Map([['ball', BALL]]);
    const recipe = { operations: [cut('ball')] };
    const triangles = 8 * 4 ** 6;
    const within = ModelLimits.parse({ triangles: triangles + 12 });
    expect((await carryOut(recipe, { others }, within)).results).toHaveLength(1);
    const beyond = ModelLimits.parse({ triangles: triangles + 11 });
    await expect(carryOut(recipe, { others }, beyond)).rejects.toMatchObject({
      code: 'model_too_large',
      message: expect.stringMatching(/^The other model ball: .*together/),
    });
    const bytes = BLOCK[0]!.bytes.length + BALL.files[0]!.bytes.length;
    await expect(carryOut(recipe, { others }, ModelLimits.parse({ fileBytes: bytes - 1 }))).rejects.toMatchObject({
      code: 'model_too_large',
    });
    const broken = {
      files: [{ name: 'broken.glb', bytes: new TextEncoder().encode('glTF no more') }],
      key: 'd'.repeat(64),
    };
    await expect(carryOut(recipe, { others: new Map([['ball', broken]]) })).rejects.toMatchObject({
      message: expect.stringContaining('The other model ball: '),
    });
    await expect(carryOut(recipe)).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('ball'),
    });
  });

  it('are refused where they are too many, and nothing says what to take away', async () => {
    const many = { operations: Array.from({ length: 17 }, (_, index) => cut(`model ${index}`)) };
    await expect((async () => carryOut(many))()).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer: '/operations/16/with', message: expect.stringContaining('17') }],
    });
    await expect(
      (async () => carryOut({ operations: [{ type: 'boolean', operation: 'difference' }] }))(),
    ).rejects.toMatchObject({ errors: [{ pointer: '/operations/0/b' }] });
    for (const wrong of ['', { model: 'a', scale: 0 }, { model: 'a', place: [0, 0, 0] }, { rotate: [0, 0, 0] }]) {
      expect(RecipeInput.safeParse({ operations: [{ type: 'boolean', with: wrong }] }).success).toBe(false);
    }
  });
});
