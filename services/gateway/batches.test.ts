import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Batch } from '#contracts/rest/resources/batch.ts';
import { Usage } from '#contracts/rest/resources/usage.ts';
import { expectProblem } from './testing/expect-problem.ts';
import { openGateway, type TestGateway } from './testing/open-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await openGateway();
});
afterAll(() => gateway?.close());

describe('batches', () => {
  it('hold renders and recipes, each answered by itself, and are canceled as a whole', async () => {
    const { id } = await gateway.uploadReady();
    const items = [
      { render: { assetId: id, width: 64, height: 64 } },
      { assetId: id, recipe: { operations: [{ type: 'weld' }] } },
      { render: { assetId: id, width: 4096, height: 4096, integrator: 'path', samples: 4096 } },
      { render: { assetId: id, format: 'jpg', background: 'transparent' } },
      { render: { assetId: id, kind: 'turntable', frames: 4, width: 64, height: 64, format: 'zip' } },
    ];
    const made = await gateway.request('/v1/batches?priority=2', { method: 'POST', json: { items } });
    expect(made.status, made.text).toBe(202);
    const batch = Batch.parse(made.json);
    expect(made.headers.get('location')).toBe(`/v1/batches/${batch.id}`);
    expect(batch.items.map(({ state }) => state)).toEqual(['queued', 'queued', 'refused', 'refused', 'queued']);
    expect(batch.items[3]?.error?.code).toBe('invalid_request');
    const { json: job } = await gateway.request(`/v1/jobs/${batch.items[0]?.job}`);
    expect(job).toMatchObject({ kind: 'render.image', priority: 2 });
    const kinds = (await gateway.request('/v1/jobs?kind=geometry.recipe&state=queued')).json.data;
    expect(kinds.map((one: { id: string }) => one.id)).toEqual([batch.items[1]?.job]);
    await gateway.work('render.image', { asset: id });
    const canceled = await gateway.request(`/v1/batches/${batch.id}/cancel`, { method: 'POST' });
    expect(canceled.json).toMatchObject({ state: 'ended', counts: { succeeded: 1, canceled: 2, refused: 2 } });
    const retried = await gateway.request(`/v1/jobs/${batch.items[1]?.job}/retry`, { method: 'POST' });
    expect(retried.json).toMatchObject({ state: 'queued', attempt: 0 });
    expectProblem(await gateway.request(`/v1/jobs/${batch.items[0]?.job}/retry`, { method: 'POST' }), 409, 'conflict');
    const usage = await gateway.request('/v1/usage?days=2');
    expect(Usage.parse(usage.json)).toMatchObject({ storage: { limit: null }, jobsQueued: { used: 1 } });
    await gateway.work('geometry.recipe', { asset: id });
  });

  it('refuse what is no piece of work by itself, with what is wrong about it', async () => {
    const { id } = await gateway.uploadReady();
    const items = [
      { render: { assetId: id, width: -1 } },
      { render: { assetId: id, width: 32, height: 32 } },
      { assetId: id, recipe: { preset: 'best' } },
      { assetId: id, recipe: { preset: 'web' }, render: {} },
      'render',
    ];
    const made = await gateway.request('/v1/batches', { method: 'POST', json: { items } });
    expect(made.status, made.text).toBe(202);
    const batch = Batch.parse(made.json);
    expect(batch.items.map(({ state }) => state)).toEqual(['refused', 'queued', 'refused', 'refused', 'refused']);
    const messages = batch.items.map(({ error }) => error?.message);
    expect(messages[0]).toContain('/render/width: give at least 16');
    expect(messages[2]).toContain('/recipe/preset: ');
    expect(messages[3]).toContain('render');
    expect(messages[4]).toContain('the item: give an object');
    expect(batch.items[0]?.error).toMatchObject({ code: 'invalid_request', fault: 'input' });
    await gateway.request(`/v1/batches/${batch.id}/cancel`, { method: 'POST' });
  });

  it('are refused as a whole when they are none', async () => {
    for (const json of [{}, { items: [] }, { items: Array(201).fill({}) }]) {
      expectProblem(await gateway.request('/v1/batches', { method: 'POST', json }), 400, 'invalid_request');
    }
    expectProblem(
      await gateway.request('/v1/batches?priority=11', { method: 'POST', json: { items: [] } }),
      400,
      'invalid_request',
    );
  });
});
