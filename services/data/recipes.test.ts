import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { readBytes } from '#platform/objects/testing/bytes.ts';
import { testEngines } from '#test/databases.ts';
import { deleteUnreferencedBlobs } from './sweep.ts';
import { DAMAGED, openDataService, type TestDataService } from './testing/open-data-service.ts';
import { recipeReport } from './testing/recipe-report.ts';

const SIMPLER = Recipe.parse({ operations: [{ type: 'simplify', ratio: 0.5 }] });
const PACKED = Recipe.parse({ operations: [{ type: 'meshopt' }] });

describe.each(await testEngines({ oneConnection: false }))('recipes on $name', (engine) => {
  let data: TestDataService;
  let asset: Asset;
  beforeAll(async () => {
    data = await openDataService(engine);
    asset = await data.uploadReady('box');
  });
  afterAll(() => data?.close());

  const run = (recipe: Recipe, of = asset) =>
    data.api.runRecipe({ ...data.as(), params: { assetId: of.id }, body: recipe });
  const jobOf = (id: RecipeJob['id']) => data.api.getRecipeJob({ ...data.as(), params: { jobId: id } });

  it('become a job, and its result a derivative with its report', async () => {
    const asked = await run(SIMPLER);
    expect(RecipeJob.parse(asked)).toMatchObject({
      kind: 'geometry.recipe',
      state: 'queued',
      assetId: asset.id,
      derivative: null,
    });
    const job = await data.lease('geometry.recipe');
    const payload = JOB_KINDS['geometry.recipe'].payload.parse(JSON.parse(job.payloadJson));
    expect(payload).toMatchObject({ assetId: asset.id, versionId: asset.versionId, recipe: SIMPLER });
    expect((await readBytes(data.objects, payload.glb.sha256)).length).toBe(payload.glb.bytes);
    await data.succeed(job, 'simpler');

    const done = await jobOf(asked.id);
    expect(done).toMatchObject({
      state: 'succeeded',
      progress: 1,
      result: { output: { triangles: 50 }, seconds: 0.75 },
    });
    expect(done.derivative).toMatchObject({
      assetId: asset.id,
      versionId: asset.versionId,
      operation: 'geometry.recipe',
      parameters: SIMPLER,
      key: payload.key,
      contentType: 'model/gltf-binary',
      bytes: 7,
      report: { deviation: { max: 0.002 }, output: { bytes: 7 } },
    });
    const { data: derivatives } = await data.api.listDerivatives({ ...data.as(), params: { assetId: asset.id } });
    expect(derivatives).toContainEqual(done.derivative);
    expect((await data.recorded()).find(({ type }) => type === 'recipe_complete')).toMatchObject({
      subject: { type: 'asset', id: asset.id },
      data: { jobId: asked.id, derivativeId: done.derivative!.id, url: done.derivative!.url, bytes: 7, triangles: 50 },
    });
    // The version shows what it showed before.
    const after = await data.api.getAsset({ ...data.as(), params: { assetId: asset.id } });
    expect(after).toEqual(asset);
  });

  it('take a profile of the organisation as it is when they are asked for', async () => {
    const put = (max: number) =>
      data.api.putValidationProfile({
        ...data.as(),
        params: { name: 'shop' },
        body: { description: 'Ours', rules: [{ of: 'triangles', max, severity: 'error' }] },
      });
    const gated = Recipe.parse({ ...SIMPLER, gates: { profile: 'shop' } });
    await expect(run(gated)).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('shop') });
    const payloads = [];
    for (const max of [100, 50]) {
      await put(max);
      const asked = await run(gated);
      expect((await run(gated)).id).toBe(asked.id);
      const job = await data.lease('geometry.recipe');
      payloads.push(JOB_KINDS['geometry.recipe'].payload.parse(JSON.parse(job.payloadJson)));
      await data.succeed(job, `gated ${max}`);
    }
    expect(payloads.map(({ recipe }) => recipe.gates?.profile)).toMatchObject([
      { name: 'shop', rules: [{ of: 'triangles', max: 100 }] },
      { name: 'shop', rules: [{ of: 'triangles', max: 50 }] },
    ]);
    const builtIn = await run(Recipe.parse({ ...SIMPLER, gates: { profile: 'web' } }));
    const job = await data.lease('geometry.recipe');
    expect(JSON.parse(job.payloadJson).recipe.gates).toEqual({ profile: 'web' });
    await data.succeed(job, 'gated web');
    expect((await jobOf(builtIn.id)).state).toBe('succeeded');
  });

  it('are carried out once, however often they are asked for', async () => {
    const done = await run(SIMPLER);
    expect(done).toMatchObject({ state: 'succeeded', derivative: { bytes: 7 } });
    const waiting = await Promise.all([run(PACKED), run(PACKED), run(PACKED)]);
    expect(new Set(waiting.map(({ id }) => id)).size).toBe(1);
    const other = await run(Recipe.parse({ ...PACKED, gates: { maxBytes: 1000 } }));
    expect(other.id).not.toBe(waiting[0]!.id);
    await data.succeed(await data.lease('geometry.recipe'), 'packed');
    await data.succeed(await data.lease('geometry.recipe'), 'packed');
    expect(await run(PACKED)).toMatchObject({ id: waiting[0]!.id, state: 'succeeded' });
  });

  it('have their derivative after an earlier job of theirs was forgotten, too', async () => {
    const recipe = Recipe.parse({ operations: [{ type: 'prune' }] });
    const first = await run(recipe);
    await data.succeed(await data.lease('geometry.recipe'), 'pruned');
    const { derivative } = await jobOf(first.id);
    await data.deps.database.kysely.deleteFrom('jobs').where('id', '=', first.id).execute();
    const second = await run(recipe);
    expect(second.id).not.toBe(first.id);
    await data.succeed(await data.lease('geometry.recipe'), 'pruned');
    expect(await run(recipe)).toMatchObject({ id: second.id, state: 'succeeded', derivative });
  });

  it('make a derivative in each of their formats', async () => {
    const recipe = Recipe.parse({ ...SIMPLER, outputs: ['glb', 'gltf'] });
    const asked = await run(recipe);
    const job = await data.lease('geometry.recipe');
    const [glb, zip] = [await data.file('a', 'as GLB'), await data.file('b', 'as glTF, zipped')];
    const report = {
      ...recipeReport(glb.bytes),
      outputs: [
        { format: 'glb', bytes: glb.bytes, files: 1, warnings: [] },
        { format: 'gltf', bytes: zip.bytes, files: 3, warnings: [{ code: 'lost_lights', message: '2 lights left.' }] },
      ],
    };
    const settle = (files: object[]) =>
      data.jobs.settle({
        jobId: job.jobId,
        token: job.token,
        outcome: {
          case: 'resultJson',
          value: JSON.stringify({ results: [{ name: '', files, report }], peakBytes: 1 }),
        },
      });
    await settle([glb, zip].map(({ sha256, bytes }) => ({ sha256, bytes })));
    const { derivative, derivatives } = await jobOf(asked.id);
    expect(derivatives.map(({ contentType, bytes }) => [contentType, bytes])).toEqual([
      ['model/gltf-binary', glb.bytes],
      ['application/zip', zip.bytes],
    ]);
    expect(derivatives[0]).toEqual(derivative);
    expect(derivatives.map(({ parameters }) => parameters.outputs)).toEqual([['glb'], ['gltf']]);
    expect(derivatives[1]!.report!.outputs[1]!.warnings[0]!.code).toBe('lost_lights');
  });

  it('that make another number of files than they report are taken for failed', async () => {
    const asked = await run(Recipe.parse({ ...SIMPLER, outputs: ['gltf'] }));
    const job = await data.lease('geometry.recipe');
    const { sha256, bytes } = await data.file('a', 'one');
    const report = { ...recipeReport(bytes), outputs: [] };
    const result = { results: [{ name: '', files: [{ sha256, bytes }], report }], peakBytes: 1 };
    const value = JSON.stringify(result);
    await data.jobs.settle({ jobId: job.jobId, token: job.token, outcome: { case: 'resultJson', value } });
    expect((await jobOf(asked.id)).state).not.toBe('succeeded');
    await data.api.cancelJob({ ...data.as(), params: { jobId: asked.id } });
  });

  it('find a model in another format after its job was forgotten, and of older versions', async () => {
    const options = { format: 'gltf' as const };
    const of = await data.uploadReady('exported');
    const ask = (query: { version?: number } = {}) =>
      data.api.exportModel({ ...data.as(), params: { assetId: of.id }, query, body: options });
    const first = await ask();
    expect(first).toMatchObject({ derivative: null, job: { state: 'queued' } });
    expect((await ask({ version: 1 })).job!.id).toBe(first.job!.id);
    const job = await data.lease('geometry.recipe');
    const payload = JOB_KINDS['geometry.recipe'].payload.parse(JSON.parse(job.payloadJson));
    expect(payload.recipe).toMatchObject({ operations: [], outputs: [options], deviation: { samples: 0 } });
    await data.succeed(job, 'zipped');
    await data.deps.database.kysely.deleteFrom('jobs').where('id', '=', first.job!.id).execute();
    expect(await ask()).toMatchObject({ job: null, derivative: { contentType: 'application/zip' } });
    await expect(ask({ version: 2 })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('that fail say why, and are tried again when asked for again', async () => {
    const recipe = Recipe.parse({ operations: [{ type: 'draco' }] });
    const asked = await run(recipe);
    await data.fail(await data.lease('geometry.recipe'), DAMAGED);
    expect(await jobOf(asked.id)).toMatchObject({
      state: 'failed',
      error: { code: 'model_malformed' },
      derivative: null,
    });
    expect((await data.recorded()).find(({ type }) => type === 'recipe_failed')).toMatchObject({
      data: { jobId: asked.id, error: { code: 'model_malformed', fault: 'input' } },
    });
    const again = await run(recipe);
    expect(again.id).not.toBe(asked.id);
    await data.api.cancelJob({ ...data.as(), params: { jobId: again.id } });
    expect(await jobOf(again.id)).toMatchObject({ state: 'canceled', derivative: null });
  });

  it('are refused while the asset is not processed, and for jobs of another kind', async () => {
    const fresh = await data.upload('fresh');
    await expect(run(SIMPLER, fresh)).rejects.toMatchObject({ code: 'conflict' });
    await expect(jobOf(fresh.job)).rejects.toMatchObject({ code: 'not_found' });
    await expect(run(SIMPLER, { ...fresh, id: newId('asset') })).rejects.toMatchObject({ code: 'not_found' });
    await data.succeed(await data.lease('geometry.process'));
  });

  it('keep their files from the sweep until the asset goes', async () => {
    const mortal = await data.uploadReady('mortal');
    await run(SIMPLER, mortal);
    const job = await data.lease('geometry.recipe');
    await data.succeed(job, 'mortal result');
    const { derivative } = await run(SIMPLER, mortal);
    const sweep = () => deleteUnreferencedBlobs(data.deps, 0);
    await sweep();
    expect(await data.objects.stat(derivative!.sha256)).not.toBeNull();
    await data.api.deleteAsset({ ...data.as(), params: { assetId: mortal.id } });
    await sweep();
    expect(await data.objects.stat(derivative!.sha256)).toBeNull();
  });
});
