import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RenderEstimate } from '#contracts/rest/resources/render.ts';
import { openRendering, type TestRendering } from './testing/open-rendering.ts';

const MIB = 2 ** 20;
const LIMIT = 800 * MIB;

describe('what a worker of 800 MiB and 60 seconds is asked for', () => {
  let rendering: TestRendering;
  beforeAll(async () => {
    rendering = await openRendering({ memoryBytes: LIMIT, seconds: 60 });
  });
  afterAll(() => rendering?.close());
  beforeEach(() => {
    rendering.recorded.length = 0;
    rendering.stored.renderJson = '';
    rendering.described.environmentBytes = 0;
    rendering.described.facts = { ...rendering.described.facts, animations: [] };
  });

  const asked = (request: object) => ({
    organizationId: 'o',
    assetId: 'a',
    requestJson: JSON.stringify(request),
    purpose: 'request',
  });
  const ask = (request: object) => rendering.client.requestImage(asked(request));
  const estimate = async (request: object): Promise<RenderEstimate> =>
    JSON.parse((await rendering.client.estimateImage(asked(request))).estimateJson);

  it('is refused when its encoder needs more memory, before the first frame is drawn', async () => {
    const large = { kind: 'turntable', width: 4096, height: 4096, samples: 1 };
    await expect(ask(large)).rejects.toMatchObject({
      code: 'render_too_large',
      message: expect.stringMatching(/4096 × 4096 as mp4 needs about [\d,]+ MiB of memory and may use \d+ MiB/),
      remedy: expect.stringContaining('zip'),
    });
    expect(rendering.recorded).toEqual([]);
    const figures = await estimate(large);
    expect(figures).toMatchObject({ fits: false, parts: { 'encoding the video': expect.any(Number) } });
    expect(Object.values(figures.parts).reduce((sum, bytes) => sum + bytes, 0)).toBe(figures.peakBytes);
  });

  it('is accepted when the encoder fits beside what the process holds', async () => {
    // What is held beside it is some 270 MiB, not a fixed 600.
    await ask({ kind: 'turntable', width: 1280, height: 720, frames: 10 });
    expect(rendering.recorded).toHaveLength(1);
  });

  it('is refused when a single frame would take too long', async () => {
    const slow = { kind: 'turntable', integrator: 'path', width: 1024, height: 1024, samples: 4096, frames: 2 };
    await expect(ask(slow)).rejects.toMatchObject({
      code: 'render_too_large',
      message: expect.stringMatching(/each frame would take about \d+ minutes; the limit is 60 seconds/),
    });
    // Many frames of little work each take long in all, and are jobs of their own.
    await ask({ kind: 'turntable', integrator: 'path', width: 256, height: 256, samples: 64, frames: 3600 });
    expect(rendering.recorded).toHaveLength(1);
  });

  it('of an animation is estimated with all of its frames, and recorded with what the model says', async () => {
    rendering.described.facts = {
      ...rendering.described.facts,
      animations: [{ name: 'walk', seconds: 2, channels: 3 }],
    };
    const clip = { kind: 'animation', width: 320, height: 240, fps: 25 };
    const [two, one] = [await estimate(clip), await estimate({ ...clip, end: 1 })];
    expect(two.rays).toBe(2 * one.rays);
    expect(two.seconds).toBeGreaterThan(1.5 * one.seconds);
    await ask(clip);
    expect(JSON.parse(rendering.recorded[0]!.requestJson)).toMatchObject({ animation: 'walk', end: 2 });
    expect(JSON.parse(rendering.recorded[0]!.estimateJson)).toMatchObject({ rays: two.rays });
    const swim = { ...clip, animation: 'swim' };
    for (const refused of [ask(swim), estimate(swim)]) {
      await expect(refused).rejects.toMatchObject({
        code: 'invalid_request',
        errors: [{ pointer: '/animation', message: expect.stringContaining('has "walk"') }],
      });
    }
  });

  it('is answered with what is there already, whatever it would take', async () => {
    rendering.stored.renderJson = '{"stored":true}';
    const large = { width: 8192, height: 8192, samples: 1 };
    expect((await ask(large)).renderJson).toBe('{"stored":true}');
    rendering.stored.renderJson = '';
    await expect(ask(large)).rejects.toMatchObject({ code: 'render_too_large' });
    expect(rendering.recorded).toEqual([]);
  });

  it('counts the file of an uploaded environment', async () => {
    const request = { environment: 'env_0123456789abcdefghjkmnpqrs', width: 64, height: 64 };
    const without = await estimate(request);
    rendering.described.environmentBytes = 300 * MIB;
    const figures = await estimate(request);
    expect(figures.peakBytes - without.peakBytes).toBe(300 * MIB);
    expect(figures.parts).toMatchObject({ 'file of the environment': 300 * MIB });
    rendering.described.environmentBytes = 700 * MIB;
    await expect(ask(request)).rejects.toMatchObject({
      code: 'render_too_large',
      message: expect.stringContaining('file of the environment 700 MiB'),
    });
  });
});
