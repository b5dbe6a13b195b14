import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import { planOf } from '#contracts/operations/recipe-plan.ts';
import { stepKeys } from '#contracts/operations/step-keys.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { testEngines } from '#test/databases.ts';
import { deleteRecipeStates, deleteUnreferencedBlobs } from './sweep.ts';
import { openDataService, type TestDataService } from './testing/open-data-service.ts';
import { recipeReport } from './testing/recipe-report.ts';

const HOUR_MS = 3_600_000;
const FIRST = Recipe.parse({ operations: [{ type: 'weld' }, { type: 'prune' }] });
const SECOND = Recipe.parse({ operations: [{ type: 'weld' }, { type: 'dedupe' }] });

describe.each(await testEngines({ oneConnection: false }))('results of steps on $name', (engine) => {
  let data: TestDataService;
  let asset: Asset;
  beforeAll(async () => {
    data = await openDataService(engine);
    asset = await data.uploadReady('box');
  });
  afterAll(() => data?.close());

  /** Leases the job of a recipe, and settles it with what its first step has made. */
  async function carryOut(recipe: Recipe, content: string, of = asset) {
    await data.api.runRecipe({ ...data.as(), params: { assetId: of.id }, body: recipe });
    const job = await data.lease('geometry.recipe');
    const payload = JOB_KINDS['geometry.recipe'].payload.parse(JSON.parse(job.payloadJson));
    const { sha256, bytes } = await data.file('made', `made: ${content}`);
    const { name: _, ...state } = await data.file('state', content);
    const [key] = stepKeys(planOf(recipe), payload.glb.sha256, new Map());
    const result = {
      results: [{ name: '', files: [{ sha256, bytes }], report: recipeReport(bytes) }],
      states: [{ key, blob: state }],
      peakBytes: 1,
    };
    const value = JSON.stringify(result);
    await data.jobs.settle({ jobId: job.jobId, token: job.token, outcome: { case: 'resultJson', value } });
    return { payload, state };
  }

  it('are told to recipes that begin alike, and stay until nobody uses them', async () => {
    const first = await carryOut(FIRST, 'welded');
    expect(first.payload).toMatchObject({ states: [], keepBytes: 2 ** 29 });
    const second = await carryOut(SECOND, 'welded');
    expect(second.payload.states).toEqual([{ key: expect.any(String), blob: first.state }]);
    await deleteUnreferencedBlobs(data.deps, 0);
    expect(await deleteRecipeStates(data.deps, HOUR_MS)).toBe(0);
    expect(await data.objects.stat(first.state.sha256)).not.toBeNull();
    expect(await deleteRecipeStates(data.deps, -1000)).toBe(1);
    expect(await data.objects.stat(first.state.sha256)).toBeNull();
  });

  it('are dropped beyond what may be kept, those used longest ago first, and go with their asset', async () => {
    const [one, two] = [await data.uploadReady('one'), await data.uploadReady('two')];
    const old = await carryOut(FIRST, 'x'.repeat(60), one);
    const young = await carryOut(FIRST, 'y'.repeat(60), two);
    expect(await deleteRecipeStates({ ...data.deps, recipeCacheBytes: 100 }, HOUR_MS)).toBe(1);
    expect(await data.objects.stat(old.state.sha256)).toBeNull();
    expect(await data.objects.stat(young.state.sha256)).not.toBeNull();
    await data.api.deleteAsset({ ...data.as(), params: { assetId: two.id } });
    await deleteUnreferencedBlobs(data.deps, 0);
    expect(await data.objects.stat(young.state.sha256)).toBeNull();
  });
});
