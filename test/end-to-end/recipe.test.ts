import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCeramicVase } from '#app/samples/ceramic-vase.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { PRESETS } from '#contracts/operations/presets.ts';
import type { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { optimizeModel } from '#engine/process/optimize-model.ts';
import { processModel } from '#engine/process/process-model.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { makeCube } from '../models/cube.ts';
import { EventListener, request, requestJson, settled, upload } from './client.ts';
import { startWhole, type TestServer } from './server.ts';

describe('a recipe on a server in one process', () => {
  let server: TestServer;
  let assetId: string;
  const vase = makeCeramicVase();

  beforeAll(async () => {
    server = await startWhole();
    const { body } = await upload(server, [{ name: 'vase.glb', bytes: await vase }]);
    expect((await settled(server, body.id)).state).toBe('ready');
    assetId = body.id;
  }, 120_000);
  afterAll(async () => {
    await server?.stop();
    await server?.remove();
  });

  /** Runs a recipe and reads its job until it has ended. */
  async function run(recipe: object, id = assetId): Promise<RecipeJob> {
    for (;;) {
      const { body } = await requestJson<RecipeJob>(server, `/v1/assets/${id}/operations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'wait=60' },
        body: JSON.stringify(recipe),
      });
      if (body.state !== 'queued' && body.state !== 'running') return body;
    }
  }

  it('makes the bytes that the command line makes, announced and downloadable', async () => {
    const listener = await EventListener.open(server);
    const job = await run({ preset: 'web' });
    expect(job).toMatchObject({ state: 'succeeded', error: null });
    const { derivative } = job;
    const bytes = Buffer.from(await (await request(server, derivative!.url)).arrayBuffer());
    expect(bytes.byteLength).toBe(derivative!.bytes);

    const limits = ModelLimits.parse({});
    const { glb } = await processModel([{ name: 'vase.glb', bytes: await vase }], limits);
    const local = await optimizeModel(
      [{ name: 'model.glb', bytes: glb }],
      PRESETS.web.recipe,
      limits,
      nodeOperationHost,
    );
    expect(Buffer.compare(bytes, local.glb)).toBe(0);
    expect(derivative!.report!.deviation).toEqual(local.report.deviation);

    const heard = await listener.waitFor(({ type }) => type === 'recipe_complete');
    expect(heard.data).toMatchObject({ jobId: job.id, assetId, derivativeId: derivative!.id, url: derivative!.url });
    listener.close();
  }, 120_000);

  it('that is a graph makes a derivative of each output, the model that its report tells of', async () => {
    const job = await run({
      nodes: {
        clean: { type: 'weld' },
        low: { type: 'simplify', ratio: 0.2, from: 'clean' },
        packed: { type: 'meshopt', from: 'low' },
      },
      outputs: {
        fine: { node: 'clean', formats: ['glb', 'stl'] },
        phone: { node: 'packed', gates: { profile: 'web' } },
      },
    });
    expect(job).toMatchObject({ state: 'succeeded', error: null });
    const made = await Promise.all(
      job.derivatives.map(async ({ url, bytes, report, parameters, contentType }) => {
        const body = Buffer.from(await (await request(server, url)).arrayBuffer());
        expect(body.byteLength).toBe(bytes);
        const name = contentType === 'model/stl' ? 'made.stl' : 'made.glb';
        const read = await processModel([{ name, bytes: body }], ModelLimits.parse({}));
        expect(read.report.validation.errors).toBe(0);
        expect(read.report.triangles).toBe(report!.output.triangles);
        return { outputs: parameters.outputs, contentType, triangles: read.report.triangles, gates: report!.gates };
      }),
    );
    expect(made.map(({ outputs, contentType }) => [outputs, contentType])).toEqual([
      [{ fine: { node: 'clean', formats: ['glb'] } }, 'model/gltf-binary'],
      [{ fine: { node: 'clean', formats: ['stl'] } }, 'model/stl'],
      [{ phone: { node: 'packed', gates: { profile: 'web' }, formats: ['glb'] } }, 'model/gltf-binary'],
    ]);
    const [fine, , phone] = made;
    expect(phone!.triangles).toBeLessThan(fine!.triangles / 4);
    expect(phone!.gates).toMatchObject([{ gate: 'profile', passed: true, verdict: { profile: 'web', passed: true } }]);
  }, 120_000);

  it('cuts one asset with another, as often as it has places for it', async () => {
    const uploaded = async (size: number) => {
      const { body } = await upload(server, [{ name: 'cube.glb', bytes: await makeCube(size) }]);
      expect((await settled(server, body.id)).state).toBe('ready');
      return body.id as string;
    };
    const [block, cutter] = [await uploaded(2), await uploaded(1)];
    const recipe = {
      operations: [
        { type: 'boolean', operation: 'difference', with: { model: cutter, scale: 0.5, translate: [1, 1, 1] } },
        { type: 'boolean', operation: 'union', with: { model: cutter, at: ['difference'], translate: [5, 0, 0] } },
      ],
    };
    const job = await run(recipe, block);
    expect(job).toMatchObject({ state: 'succeeded', error: null });
    const { report, sources, url } = job.derivative!;
    expect(sources.map((source) => source.assetId)).toEqual([block, cutter]);
    // Of a cube of half a metre about the corner, an eighth lies in the block; the other one stands apart.
    expect(report!.operations.map(({ notes }) => notes.at(-1))).toEqual([
      expect.stringContaining('holds 7.984'),
      expect.stringContaining('holds 8.984'),
    ]);
    const bytes = Buffer.from(await (await request(server, url)).arrayBuffer());
    const made = await processModel([{ name: 'made.glb', bytes }], ModelLimits.parse({}));
    expect(made.report.validation.errors).toBe(0);
    expect(made.report.watertight).toBe(true);
    expect(made.report.bounds!.max[0]).toBeGreaterThan(5);
    // The same once more is the same job; without the other asset there is nothing to cut with.
    expect((await run(recipe, block)).id).toBe(job.id);
    expect((await request(server, `/v1/assets/${cutter}`, { method: 'DELETE' })).status).toBe(204);
    expect(await run(recipe, block)).toMatchObject({ code: 'not_found', status: 404 });
    expect((await request(server, url)).status).toBe(200);
  }, 120_000);

  it('that breaks a gate fails with the figures', async () => {
    const job = await run({
      operations: [{ type: 'simplify', ratio: 0.02 }],
      gates: { maxRelativeDeviation: 0.00001 },
    });
    expect(job).toMatchObject({ state: 'failed', error: { code: 'gate_failed', fault: 'input' }, derivative: null });
    expect(job.error!.message).toContain('maxRelativeDeviation');
  }, 120_000);
});
