import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { OPERATIONS } from '#contracts/operations/operation.ts';
import { OperationCatalog } from '#contracts/operations/operation-catalog.ts';
import { PRESETS } from '#contracts/operations/presets.ts';
import { Recipe } from '#contracts/operations/recipe.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
let asset: Asset;
beforeAll(async () => {
  gateway = await openGateway();
  asset = await gateway.uploadReady();
});
afterAll(() => gateway?.close());

const run = (json: object, headers: Record<string, string> = {}, id: string = asset.id) =>
  gateway.request(`/v1/assets/${id}/operations`, { method: 'POST', json, headers });

describe('POST /v1/assets/{assetId}/operations', () => {
  it('answers 202 with the job, and 200 with its derivative when it ends in time', async () => {
    const recipe = { operations: [{ type: 'simplify', ratio: 0.5 }, { type: 'meshopt' }] };
    const asked = await run(recipe);
    expect([asked.status, asked.headers.get('location')]).toEqual([202, `/v1/jobs/${asked.json.id}`]);
    expect(RecipeJob.parse(asked.json)).toMatchObject({ kind: 'geometry.recipe', state: 'queued', derivative: null });

    const waiting = run(recipe, { prefer: 'wait=30' });
    await gateway.work('geometry.recipe', { content: 'glTF smaller' });
    const done = await waiting;
    expect([done.status, done.headers.get('preference-applied')]).toEqual([200, 'wait=30']);
    const { derivative } = RecipeJob.parse(done.json);
    expect(derivative).toMatchObject({ operation: 'geometry.recipe', report: { output: { triangles: 50 } } });

    const file = await gateway.request(derivative!.url);
    expect([file.status, file.text, file.headers.get('content-type')]).toEqual([
      200,
      'glTF smaller',
      'model/gltf-binary',
    ]);
    expect(file.headers.get('content-disposition')).toContain(`${derivative!.id}.glb`);
    const again = await run(recipe);
    expect([again.status, again.json.id]).toEqual([200, asked.json.id]);
    expect((await gateway.request(`/v1/jobs/${asked.json.id}`)).json).toMatchObject({ state: 'succeeded' });
  });

  it('takes a preset, with limits and a target of its own', async () => {
    const { json } = await run({ preset: 'mobile', gates: { maxBytes: 5000000 }, target: { triangles: 500 } });
    const job = await gateway.lease('geometry.recipe');
    expect(job.jobId).toBe(json.id);
    expect(JSON.parse(job.payloadJson).recipe).toEqual({
      ...PRESETS.mobile.recipe,
      gates: { maxBytes: 5000000 },
      target: { triangles: 500 },
    });
    await gateway.request(`/v1/jobs/${json.id}/cancel`, { method: 'POST' });
  });

  it.each([
    [{}, '/body/operations'],
    [{ preset: 'web', operations: [{ type: 'weld' }] }, '/body/preset'],
    [{ operations: [{ type: 'meshopt' }, { type: 'simplify', ratio: 0.5 }] }, '/body/operations/1'],
  ])('refuses %j, which is impossible whatever the model', async (recipe, pointer) => {
    const answer = await run(recipe);
    expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request']);
    expect(answer.json.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  it('refuses unknown operations, parameters and presets', async () => {
    for (const recipe of [
      { operations: [{ type: 'levitate' }] },
      { operations: [{ type: 'weld', tolerence: 1 }] },
      { preset: 'tv' },
    ]) {
      const answer = await run(recipe);
      expect([answer.status, answer.json.code]).toEqual([400, 'invalid_request']);
    }
  });

  it('answers 404 for an unknown asset, 409 for one that is not processed, 403 without the scope', async () => {
    const recipe = { operations: [{ type: 'dedupe' }] };
    expect((await run(recipe, {}, newId('asset'))).status).toBe(404);
    const fresh = await gateway.upload();
    const early = await run(recipe, {}, fresh.id);
    expect([early.status, early.json.code]).toEqual([409, 'conflict']);
    await gateway.work('geometry.process', { asset: fresh.id });
    const reader = await gateway.makeKey(['assets:read']);
    const answer = await gateway.request(`/v1/assets/${asset.id}/operations`, {
      method: 'POST',
      json: recipe,
      key: reader,
    });
    expect(answer.status).toBe(403);
  });
});

describe('GET /v1/operations', () => {
  it('lists every operation with its JSON Schema, and the presets as plain recipes', async () => {
    const { status, json } = await gateway.request('/v1/operations');
    expect(status).toBe(200);
    const catalog = OperationCatalog.parse(json);
    expect(catalog.operations.map(({ type }) => type)).toEqual(Object.keys(OPERATIONS));
    for (const { type, description, schema } of catalog.operations) {
      expect(description.length, type).toBeGreaterThan(30);
      expect(schema, type).toMatchObject({
        type: 'object',
        properties: { type: { const: type } },
        additionalProperties: false,
      });
    }
    for (const { recipe } of catalog.presets) expect(Recipe.parse(recipe)).toEqual(recipe);
    expect(catalog.recipe).toMatchObject({ type: 'object', properties: { operations: { type: 'array' } } });
  });
});
