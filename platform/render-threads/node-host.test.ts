import { createHash } from 'node:crypto';
import { Document } from '@gltf-transform/core';
import { afterAll, expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import * as L from '#engine/render/kernel/layout.ts';
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

test('1, 2 and 4 threads build the same tree over one large mesh, byte by byte', async () => {
  const document = new Document();
  addMesh(document, sphere(260, 160), document.createMaterial());
  const digests = new Set<string>();
  for (const threads of [1, 2, 4]) {
    const host = createNodeRenderHost({ threads });
    let memory: WebAssembly.Memory | undefined;
    const acquire: typeof host.threads.acquire = async (...args) => {
      const lease = await host.threads.acquire(...args);
      memory = lease.memory;
      return lease;
    };
    await renderImage(document, ImageRequest.parse({ width: 16, height: 16 }), {
      ...host,
      threads: { count: threads, acquire },
    });
    await host.close();
    const header = new DataView(memory!.buffer, L.HEADER);
    const [nodes, views, blocks, triangles] = [L.H_NODES, L.H_VIEW_NODE, L.H_BLOCKS, L.H_TRIANGLES].map((field) =>
      header.getUint32(field, true),
    ) as [number, number, number, number];
    // The nodes at which threads enter the tree follow behind its own; then come the blocks, before the triangles.
    const tree = createHash('sha256');
    tree.update(new Uint8Array(memory!.buffer.slice(nodes, nodes + views * L.NODE_BYTES)));
    tree.update(new Uint8Array(memory!.buffer.slice(blocks, triangles)));
    digests.add(tree.digest('hex'));
    expect(
      new DataView(memory!.buffer).getInt32(header.getUint32(L.H_MESHES, true) + L.MESH_TRIANGLES_USED, true),
    ).toBe(260 * 160 * 2 - 260);
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
