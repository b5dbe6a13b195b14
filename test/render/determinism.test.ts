import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Document, NodeIO } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import type { RenderHost } from '#engine/render/render-host.ts';
import { renderImage } from '#engine/render/render-image.ts';
import type { RenderedImage } from '#engine/render/rendered-image.ts';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { CHROMIUM } from '../page-in-chromium.ts';
import { digestsInChromium } from './render-in-chromium.ts';
import { addMesh, rawImage, SQUARE, sphere, testHost } from './scenes.ts';

/** A ball before a wall with a texture, raw, so that no decoder has a say. */
function model(): Document {
  const document = new Document();
  const texture = document
    .createTexture()
    .setImage(rawImage(32, 32, (x, y) => [(x * 8) ^ (y * 4), 80, y * 8, 255]))
    .setMimeType('image/x-raw');
  addMesh(document, SQUARE, document.createMaterial('wall').setBaseColorTexture(texture).setMetallicFactor(0.2));
  const ball = document.createMaterial('ball').setBaseColorFactor([0.9, 0.7, 0.3, 1]).setRoughnessFactor(0.3);
  addMesh(document, sphere(), ball, [0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 0, 0.1, 0, 0.6, 1]);
  return document;
}

/** SHA-256 of everything that a render gives back. */
function digest(image: RenderedImage): string {
  const hash = createHash('sha256').update(image.data);
  for (const pass of image.passes) {
    if (pass.kind === 'floats') hash.update(new Uint8Array(pass.data.buffer));
    else hash.update(new Uint8Array(pass.ids.buffer)).update(new Uint8Array(pass.coverage.buffer));
  }
  return hash.digest('hex');
}

const REQUESTS: Record<string, Partial<ImageRequest>> = {
  preview: { ground: 'shadow', environment: 'sunset', environmentRotation: 33.3, exposure: 0.37, toneMapping: 'agx' },
  'path, denoised fast': {
    integrator: 'path',
    samples: 24,
    view: { azimuth: 41.7, elevation: 12.3 },
    ground: 'shadow',
  },
  'path, denoised high, Display P3': { integrator: 'path', samples: 9, denoise: 'high', colorSpace: 'display-p3' },
  'linear light and all passes': {
    format: 'exr',
    passes: ['beauty', 'alpha', 'depth', 'normal', 'albedo', 'object', 'material', 'uv'],
  },
};

test.each(Object.entries(REQUESTS))('%s: the same SHA-256 on 1, 2 and 4 threads', async (_, fields) => {
  const request = ImageRequest.parse({ width: 97, height: 75, ...fields });
  const digests: string[] = [digest(await renderImage(model(), request, testHost()))];
  for (const threads of [1, 2, 4]) {
    const host = createNodeRenderHost({ threads });
    const raw: RenderHost = { ...testHost(), threads: host.threads };
    digests.push(digest(await renderImage(model(), request, raw)));
    await host.close();
  }
  expect(new Set(digests).size, digests.join('\n')).toBe(1);
});

test.skipIf(!existsSync(CHROMIUM))(
  'headless Chromium gives the same SHA-256 as Node',
  async () => {
    const glb = await new NodeIO().writeBinary(model());
    const requests = Object.values(REQUESTS).map((fields) => ImageRequest.parse({ width: 97, height: 75, ...fields }));
    const expected: string[] = [];
    for (const request of requests) {
      const document = await new NodeIO().readBinary(glb);
      expected.push(digest(await renderImage(document, request, testHost())));
    }
    // Nothing that all pictures had in common would tell that they are drawn.
    expect(new Set(expected).size).toBe(requests.length);
    expect(await digestsInChromium(glb, requests)).toEqual(expected);
  },
  240_000,
);
