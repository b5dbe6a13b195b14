import { createHash } from 'node:crypto';
import { Document } from '@gltf-transform/core';
import { afterAll, expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { renderImage } from '#engine/render/render-image.ts';
import { addMesh, sphere } from '#test/render/scenes.ts';
import { createNodeRenderHost } from './node-host.ts';

const hosts = [1, 2, 4].map((threads) => createNodeRenderHost({ threads }));
afterAll(() => Promise.all(hosts.map((host) => host.close())));

function model(): Document {
  const document = new Document();
  for (let i = 0; i < 5; i++) {
    const material = document
      .createMaterial()
      .setMetallicFactor(i % 2)
      .setRoughnessFactor(i / 5);
    if (i === 3) material.setAlphaMode('BLEND').setBaseColorFactor([0.4, 0.6, 0.9, 0.4]);
    addMesh(document, sphere(), material, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, i * 1.5, i * 0.4, -i, 1]);
  }
  return document;
}

test('1, 2 and 4 threads give the same bytes, cold and warm', async () => {
  const request = ImageRequest.parse({ width: 320, height: 240 });
  const digests = new Set<string>();
  for (const host of [...hosts, ...hosts]) {
    const image = await renderImage(model(), request, host);
    digests.add(createHash('sha256').update(image.data).digest('hex'));
  }
  expect(digests.size).toBe(1);
});

test('renders asked for at once wait for one another and all end', async () => {
  const request = ImageRequest.parse({ width: 64, height: 64 });
  const images = await Promise.all(Array.from({ length: 5 }, () => renderImage(model(), request, hosts[1]!)));
  expect(new Set(images.map(({ data }) => createHash('sha256').update(data).digest('hex'))).size).toBe(1);
});

test('an abort stops a long render soon, and the threads serve the next one', async () => {
  const controller = new AbortController();
  const request = ImageRequest.parse({ width: 4096, height: 4096, samples: 64 });
  const render = renderImage(model(), request, hosts[1]!, { signal: controller.signal });
  setTimeout(() => controller.abort(), 300);
  let stopped = 0;
  controller.signal.addEventListener('abort', () => (stopped = performance.now()));
  await expect(render).rejects.toMatchObject({ code: 'canceled' });
  expect(performance.now() - stopped).toBeLessThan(1000);
  const image = await renderImage(model(), ImageRequest.parse({ width: 32, height: 32 }), hosts[1]!);
  expect(image.data.some((value) => value > 0)).toBe(true);
});

test('progress rises to 1', async () => {
  const shares: number[] = [];
  await renderImage(model(), ImageRequest.parse({ width: 320, height: 240 }), hosts[1]!, {
    onProgress: (share) => shares.push(share),
  });
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});
