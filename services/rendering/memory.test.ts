import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { estimateImage } from './cost/estimate-image.ts';
import { makeHeavyModel } from './testing/heavy-model.ts';
import { openRendering, type StoredModel, type TestRendering } from './testing/open-rendering.ts';

const MIB = 2 ** 20;
const LIMIT = 800 * MIB;

/** Memory that only Linux shows from outside. */
describe.skipIf(process.platform !== 'linux')('the memory of a render process of 800 MiB', () => {
  let rendering: TestRendering;
  let small: StoredModel;
  beforeAll(async () => {
    rendering = await openRendering({ memoryBytes: LIMIT });
    small = await rendering.store(await makeHeavyModel({ quads: 10 }));
  });
  afterAll(() => rendering?.close());

  const estimateOf = ({ facts }: StoredModel, request: Partial<ImageRequest>) =>
    estimateImage(facts, ImageRequest.parse(request), { memoryBytes: LIMIT, threads: 2 }, 1);

  it.each<[string, { quads: number; textures?: number; texels?: number }, Partial<ImageRequest>]>([
    ['of a small model', { quads: 10 }, { width: 300, height: 200 }],
    ['of many triangles', { quads: 500 }, { width: 300, height: 200, samples: 1 }],
    ['of many textures', { quads: 10, textures: 14, texels: 2048 }, { width: 300, height: 200, samples: 1 }],
    ['as a large PNG', { quads: 10 }, { width: 3000, height: 3000, samples: 1 }],
    ['as a large JPEG', { quads: 10 }, { width: 3000, height: 3000, samples: 1, format: 'jpg' }],
    ['as a large WebP', { quads: 10 }, { width: 3000, height: 3000, samples: 1, format: 'webp' }],
    ['as a large AVIF', { quads: 10 }, { width: 2000, height: 2000, samples: 1, format: 'avif' }],
  ])('stays below the estimate, and near it, %s', async (name, shape, request) => {
    const model = await rendering.store(await makeHeavyModel(shape));
    const estimate = estimateOf(model, request);
    expect(estimate.fits).toBe(true);
    const outcome = await rendering.render(model, request);
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
    const { peakBytes } = outcome.result.stats;
    const mib = (bytes: number) => `${Math.round(bytes / MIB)} MiB`;
    console.log(`${name}: estimated ${mib(estimate.peakBytes)}, taken ${mib(peakBytes)}`);
    expect(peakBytes).toBeLessThanOrEqual(estimate.peakBytes);
    expect(peakBytes).toBeGreaterThan(estimate.peakBytes / 2);
  });

  it.each<[string, { quads: number; textures?: number; texels?: number }, Partial<ImageRequest>]>([
    ['many triangles', { quads: 1300 }, { width: 300, height: 200 }],
    ['many textures', { quads: 10, textures: 14, texels: 4096 }, { width: 300, height: 200 }],
    ['many pixels', { quads: 10 }, { width: 8192, height: 8192, samples: 1 }],
  ])(
    'is not exceeded for %s: refused with the figures before the work, and no process dies of it',
    async (_, shape, request) => {
      const bytes = await makeHeavyModel(shape);
      const model = await rendering.store(bytes);
      const before = await rendering.processes();
      const replacedBefore = rendering.replaced();
      /** The process goes on, unless the sandbox itself replaced it after the task, since it kept much of the model. */
      const expectAlive = async () => {
        if (rendering.replaced() === replacedBefore) expect(await rendering.processes()).toEqual(before);
      };
      expect(before.length).toBeGreaterThan(0);
      const outcome = await rendering.render(model, request);
      expect(outcome).toMatchObject({ ok: false, error: { code: 'render_too_large', retryable: false } });
      const message = outcome.ok ? '' : outcome.error.message;
      expect(message).toMatch(/needs [\d,]+ MiB of memory and may use 800 MiB: .*process \d+ MiB/);
      await expectAlive();

      const small200 = { width: 200, height: 200 };
      expect(await rendering.render(small, small200)).toMatchObject({ ok: true });
      await expectAlive();

      // Whoever asks learns it before a job is made.
      rendering.recorded.length = 0;
      const asked = { organizationId: 'o', assetId: 'a', requestJson: JSON.stringify(request), purpose: 'request' };
      await rendering.store(bytes);
      await expect(rendering.client.requestImage(asked)).rejects.toMatchObject({
        code: 'render_too_large',
        message: expect.stringMatching(/needs [\d,]+ MiB of memory and may use 800 MiB/),
      });
      expect(rendering.recorded).toEqual([]);
      const { estimateJson } = await rendering.client.estimateImage(asked);
      expect(JSON.parse(estimateJson)).toMatchObject({ fits: false, memoryLimit: LIMIT });
    },
  );
});
