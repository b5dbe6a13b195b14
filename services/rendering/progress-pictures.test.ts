import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ImageRequest } from '#contracts/render/image-request.ts';
import { readBytes } from '#platform/objects/testing/bytes.ts';
import { makeHeavyModel } from './testing/heavy-model.ts';
import { openRendering, type StoredModel, type TestRendering } from './testing/open-rendering.ts';

const TRACED = { integrator: 'path', width: 320, height: 240, noiseThreshold: 0 } satisfies Partial<ImageRequest>;

/** A picture that takes some seconds to trace, on any machine: the first one in the making is due after one. */
async function slowPicture(rendering: TestRendering, model: StoredModel): Promise<Partial<ImageRequest>> {
  const first = await rendering.render(model, { ...TRACED, samples: 16 });
  if (!first.ok) throw new Error(JSON.stringify(first.error));
  return { ...TRACED, samples: Math.min(512, Math.ceil((16 * 5) / first.result.stats.seconds)) };
}

describe('pictures in the making', () => {
  let rendering: TestRendering;
  let model: StoredModel;
  beforeAll(async () => {
    rendering = await openRendering({ memoryBytes: 2 ** 30 });
    model = await rendering.store(await makeHeavyModel({ quads: 10 }));
  });
  afterAll(() => rendering?.close());

  it('come out of the sandbox while a picture is traced, and leave the final one as it is', async () => {
    const { office, objects } = rendering;
    const slow = await slowPicture(rendering, model);
    const watched = await rendering.render(model, slow, { pictures: true });
    if (!watched.ok) throw new Error(JSON.stringify(watched.error));
    expect(office.pictures.length).toBeGreaterThan(0);
    expect(watched.result.stats.seconds).toBeGreaterThan(1);
    const samples = office.pictures.map(({ picture }) => picture.samples);
    expect(samples).toEqual([...samples].sort((a, b) => a - b));
    for (const { picture } of office.pictures) {
      expect(picture).toMatchObject({ contentType: 'image/png', width: 320, height: 240 });
      const bytes = await readBytes(objects, picture.blob.sha256);
      expect(bytes).toHaveLength(picture.blob.bytes);
      const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      expect([info.width, info.height]).toEqual([320, 240]);
      // The model is in the middle.
      expect(data[(120 * 320 + 160) * 4 + 3]).toBe(255);
    }

    office.pictures.length = 0;
    const unwatched = await rendering.render(model, slow);
    if (!unwatched.ok) throw new Error(JSON.stringify(unwatched.error));
    expect(office.pictures).toEqual([]);
    expect(watched.result.files[0]!.blob.sha256).toBe(unwatched.result.files[0]!.blob.sha256);
  });

  it('can be asked for of traced pictures alone', async () => {
    const ask = (image: object) =>
      rendering.client.requestImage({
        organizationId: 'o',
        assetId: 'a',
        requestJson: JSON.stringify(image),
        purpose: 'request',
        progressPictures: true,
      });
    for (const image of [
      {},
      { integrator: 'path', passes: ['depth'] },
      { integrator: 'path', time: 0, shutter: 0.5 },
      { kind: 'turntable', integrator: 'path' },
    ]) {
      await expect(ask(image)).rejects.toMatchObject({
        code: 'invalid_request',
        errors: [{ pointer: '/progressPictures' }],
      });
    }
    rendering.recorded.length = 0;
    await ask({ integrator: 'path' });
    expect(rendering.recorded).toMatchObject([{ progressPictures: true }]);
    // What is to be drawn does not depend on it.
    expect(rendering.recorded[0]!.requestJson).not.toContain('rogressPictures');
  });
});
