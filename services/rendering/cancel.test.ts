import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { makeHeavyModel } from './testing/heavy-model.ts';
import { openRendering, type StoredModel, type TestRendering } from './testing/open-rendering.ts';

describe('a render that is canceled', () => {
  let rendering: TestRendering;
  let model: StoredModel;
  beforeAll(async () => {
    rendering = await openRendering({ memoryBytes: 2 ** 31 });
    model = await rendering.store(await makeHeavyModel({ quads: 200, textures: 2, texels: 1024 }));
  });
  afterAll(() => rendering?.close());

  it.each<[string, Partial<ImageRequest>]>([
    ['a large preview of many samples', { width: 4096, height: 4096, samples: 64 }],
    [
      'paths of many samples and bounces',
      { integrator: 'path', width: 1024, height: 1024, samples: 4096, bounces: 32 },
    ],
    ['a path-traced picture of the largest size', { integrator: 'path', width: 4096, height: 2048, samples: 64 }],
  ])('frees its worker within a second: %s', async (name, request) => {
    const { office } = rendering;
    const jobId = rendering.begin(model, request);
    const isAtWork = () => office.beats.some((beat) => beat.jobId === jobId && beat.progress > 0.1);
    await expect.poll(isAtWork, { timeout: 60_000, interval: 20 }).toBe(true);
    const leases = office.capacities.length;
    const canceledAt = performance.now();
    office.state = 'canceled';
    // The worker asks for the next job when it is done with this one.
    await expect.poll(() => office.capacities.length, { timeout: 20_000, interval: 5 }).toBeGreaterThan(leases);
    const milliseconds = performance.now() - canceledAt;
    office.state = 'running';
    console.log(`${name}: free after ${Math.round(milliseconds)} ms`);
    expect(milliseconds).toBeLessThan(1000);
    expect(office.settled.has(jobId)).toBe(false);
    // The process that it ran in takes the next one.
    expect(await rendering.render(model, { width: 32, height: 32, samples: 1 })).toMatchObject({ ok: true });
  });
});
