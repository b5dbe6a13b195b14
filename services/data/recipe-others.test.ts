import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { testEngines } from '#test/databases.ts';
import { openDataService, type TestDataService } from './testing/open-data-service.ts';

describe.each(await testEngines({ oneConnection: false }))('recipes with another asset on $name', (engine) => {
  let data: TestDataService;
  let plate: Asset;
  beforeAll(async () => {
    data = await openDataService(engine);
    plate = await data.uploadReady('plate');
  });
  afterAll(() => data?.close());

  const cut = (...models: string[]) =>
    Recipe.parse({ operations: models.map((model) => ({ type: 'boolean', operation: 'difference', with: model })) });
  const run = (recipe: Recipe, headers: object = {}) =>
    data.api.runRecipe({
      headers: { ...data.as().headers, ...headers },
      params: { assetId: plate.id },
      body: recipe,
    });
  const lease = async () => {
    const job = await data.lease('geometry.recipe');
    return { job, payload: JOB_KINDS['geometry.recipe'].payload.parse(JSON.parse(job.payloadJson)) };
  };
  const jobOf = (jobId: Awaited<ReturnType<typeof run>>['id']) =>
    data.api.getRecipeJob({ ...data.as(), params: { jobId } });
  const remove = (asset: Asset) => data.api.deleteAsset({ ...data.as(), params: { assetId: asset.id } });

  it('tell the worker both models, and the derivative both versions that it was made of', async () => {
    const cutter = await data.uploadReady('cutter');
    const asked = await run(cut(cutter.id));
    const { job, payload } = await lease();
    expect(payload.others).toEqual([
      { model: cutter.id, assetId: cutter.id, versionId: cutter.versionId, glb: expect.any(Object) },
    ]);
    expect(payload.others[0]!.glb.sha256).not.toBe(payload.glb.sha256);
    await data.succeed(job, 'cut');
    const sources = [
      { assetId: plate.id, versionId: plate.versionId },
      { assetId: cutter.id, versionId: cutter.versionId },
    ];
    expect((await jobOf(asked.id)).derivative).toMatchObject({ assetId: plate.id, sources });
    // What was made stays when the other is deleted, and still says of what it was made.
    await remove(cutter);
    expect((await jobOf(asked.id)).derivative).toMatchObject({ sources });
    const { data: all } = await data.api.listDerivatives({ ...data.as(), params: { assetId: plate.id } });
    expect(all.at(-1)!.sources).toEqual([sources[0]]);
    await expect(run(cut(cutter.id))).rejects.toMatchObject({ code: 'not_found' });
  });

  it('count the other by what it holds: the same bytes are the same recipe, a new version is another', async () => {
    const [one, same] = [await data.uploadReady('one', 'same bytes'), await data.uploadReady('two', 'same bytes')];
    const first = await run(cut(one.id));
    await data.succeed((await lease()).job, 'cut once');
    expect((await run(cut(one.id))).id).toBe(first.id);
    // Normalised, both are the same file.
    const { glb } = (await data.deps.database.kysely
      .selectFrom('versions')
      .select('glb_sha256 as glb')
      .where('id', '=', one.versionId)
      .executeTakeFirstOrThrow()) as { glb: string };
    await data.deps.database.kysely
      .updateTable('versions')
      .set({ glb_sha256: glb })
      .where('id', '=', same.versionId)
      .execute();
    expect((await run(cut(same.id))).id).toBe(first.id);
    const file = await data.file('new.glb', 'other bytes');
    await data.api.createVersion({ ...data.as(), params: { assetId: one.id }, body: { files: [file] } });
    await data.succeed(await data.lease('geometry.process'), 'another model');
    const next = await run(cut(one.id));
    expect(next.id).not.toBe(first.id);
    await data.succeed((await lease()).job, 'cut anew');
  });

  it('are refused for a missing asset, one of others, one that is not ready, and what is no id; nothing is queued', async () => {
    const theirs = newId('organization');
    const foreign = await data.upload('foreign', undefined, theirs);
    await data.succeed(await data.lease('geometry.process'));
    await data.succeed(await data.lease('render.image'));
    const raw = await data.upload('raw');
    for (const [model, code, pointer] of [
      [newId('asset'), 'not_found', '/operations/1/with'],
      [foreign.id, 'not_found', '/operations/1/with'],
      [raw.id, 'conflict', undefined],
      ['cutter.stl', 'invalid_request', '/operations/1/with'],
    ] as const) {
      const refused = run(cut(plate.id, model));
      await expect(refused, model).rejects.toMatchObject({ code });
      if (pointer) await expect(refused).rejects.toMatchObject({ errors: [{ pointer }] });
    }
    const { data: queued } = await data.api.listJobs({ ...data.as(), query: { state: 'queued' } });
    expect(queued.filter(({ kind }) => kind === 'geometry.recipe')).toEqual([]);
    await data.succeed(await data.lease('geometry.process'));
  });

  it('fail at once, and say why, when the other was deleted in between; retried, they are refused', async () => {
    const cutter = await data.uploadReady('mortal cutter');
    const asked = await run(cut(cutter.id));
    await remove(cutter);
    const later = await run(Recipe.parse({ operations: [{ type: 'prune' }] }));
    // Whoever asks for work gets what waits behind it.
    const { job } = await lease();
    expect(job.jobId).toBe(later.id);
    await data.succeed(job, 'pruned');
    const failed = await jobOf(asked.id);
    expect(failed).toMatchObject({ state: 'failed', error: { code: 'conflict', remedy: expect.any(String) } });
    expect(failed.error!.message).toContain(cutter.id);
    expect((await data.recorded()).find(({ type }) => type === 'recipe_failed')).toMatchObject({
      data: { jobId: asked.id, error: { code: 'conflict' } },
    });
    await expect(data.api.retryJob({ ...data.as(), params: { jobId: asked.id } })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(cutter.id),
    });
  });

  it('have their effect once for an idempotency key, and are tried again after a failure', async () => {
    const cutter = await data.uploadReady('twice');
    const key = { 'x-maquette-idempotency-key': 'cut-once' };
    const [first, again] = [await run(cut(cutter.id), key), await run(cut(cutter.id), key)];
    expect(again.id).toBe(first.id);
    const { job } = await lease();
    const failure = { errorJson: JSON.stringify({ code: 'operation_impossible', message: 'no', fault: 'input' }) };
    const outcome = { case: 'failure' as const, value: { ...failure, retryable: false } };
    await data.jobs.settle({ jobId: job.jobId, token: job.token, outcome });
    await data.api.retryJob({ ...data.as(), params: { jobId: first.id } });
    const { job: retried, payload } = await lease();
    expect([retried.jobId, payload.others.length]).toEqual([first.id, 1]);
    await data.succeed(retried, 'cut at last');
    expect((await jobOf(first.id)).derivative).toMatchObject({ bytes: 11 });
  });
});
