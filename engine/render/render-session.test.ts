import { Document } from '@gltf-transform/core';
import { expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { radianceFile } from '#test/render/panoramas.ts';
import { addMesh, difference, pixel, rawImage, SQUARE, sphere, testHost } from '#test/render/scenes.ts';
import { InlineThreads } from './inline-threads.ts';
import * as L from './kernel/layout.ts';
import { renderImage } from './render-image.ts';
import { openRenderSession } from './render-session.ts';

/** A sphere with a texture beside a square. */
function model(): Document {
  const document = new Document();
  const texture = document
    .createTexture()
    .setImage(rawImage(8, 8, (x, y) => ((x ^ y) & 1 ? [230, 60, 40, 255] : [40, 60, 230, 255])))
    .setMimeType('image/x-raw');
  const material = document.createMaterial().setBaseColorTexture(texture).setMetallicFactor(0);
  addMesh(document, sphere(), material);
  addMesh(document, SQUARE, null, [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 2, 0, 0, 1]);
  return document;
}
const request = (fields: Partial<ImageRequest>) => ImageRequest.parse({ width: 64, height: 48, ...fields });

test('pictures of a session are those that single renders give, whatever came before them', async () => {
  const document = model();
  const host = testHost();
  const session = openRenderSession(document, host);
  const requests = [
    request({}),
    request({ view: 'back' }),
    request({ width: 200, height: 180, environment: 'sunset', samples: 16 }),
    request({ view: { azimuth: 70, elevation: 10 }, ground: 'shadow' }),
    request({ integrator: 'path', samples: 4 }),
    request({}),
    request({ integrator: 'path', samples: 4, environment: 'sunset' }),
  ];
  for (const each of requests) {
    const kept = await session.render(each);
    expect(difference(kept, await renderImage(document, each, testHost())).max).toBe(0);
  }
  session.close();
});

test('later frames neither decode nor build anew', async () => {
  const decoded: string[] = [];
  const host = testHost();
  const session = openRenderSession(model(), {
    ...host,
    decodeImage: (bytes, type) => {
      decoded.push(type);
      return host.decodeImage(bytes, type);
    },
  });
  await session.render(request({}));
  const again = await session.render(request({ view: 'left' }));
  expect(decoded).toHaveLength(1);
  expect(Object.keys(again.stats.secondsByStage).sort()).toEqual(['filter', 'framing', 'shade', 'visibility']);
  session.close();
});

test('points and lines are drawn alike in every frame', async () => {
  const document = new Document();
  addMesh(document, { positions: [-1, -1, -1, 1, 1, 1, 1, -1, 1, -1, 1, -1], mode: 3 });
  const session = openRenderSession(document, testHost());
  for (const view of ['front', 'left', 'top'] as const) {
    const kept = await session.render(request({ view }));
    expect(difference(kept, await renderImage(document, request({ view }), testHost())).max).toBe(0);
    expect([...Array(64 * 48).keys()].some((i) => pixel(kept, i % 64, Math.floor(i / 64))[3]! > 0)).toBe(true);
  }
  session.close();
});

test('the camera of `frame` is the one that pictures take unless they are given another', async () => {
  const session = openRenderSession(model(), testHost());
  const camera = await session.frame(request({ view: 'left' }));
  const framed = await session.render(request({ view: 'left' }));
  const given = await session.render(request({ view: 'left' }), { camera });
  expect(difference(framed, given).max).toBe(0);
  const further = camera.origin.map((x) => x * 3) as [number, number, number];
  const small = await session.render(request({ view: 'left' }), { camera: { ...camera, origin: further } });
  expect(difference(framed, small).max).toBeGreaterThan(0);
  session.close();
});

test('a canceled frame leaves the session usable', async () => {
  const session = openRenderSession(model(), testHost());
  const whole = await session.render(request({}));
  const controller = new AbortController();
  const stopped = session.render(request({ view: 'back' }), {
    signal: controller.signal,
    onProgress: () => controller.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ code: 'canceled' });
  expect(difference(await session.render(request({})), whole).max).toBe(0);
  session.close();
});

test('a render that fails on the way leaves nothing of itself to the next one', async () => {
  // One memory for all, as the threads of a process keep it.
  const threads = new InlineThreads();
  const acquire = threads.acquire.bind(threads);
  let lease: ReturnType<typeof acquire> | undefined;
  const shared = { count: 1, acquire: (module: WebAssembly.Module) => (lease ??= acquire(module, 64 * 2 ** 20)) };
  const late = Promise.withResolvers<void>();
  const plain = testHost();
  const failing = {
    ...plain,
    threads: shared,
    // A texture that is decoded only after its render has failed.
    decodeImage: async (...image: Parameters<typeof plain.decodeImage>) => {
      await late.promise;
      return plain.decodeImage(...image);
    },
    loadEnvironment: async () => damagedEnvironment(),
  };
  const failed = openRenderSession(model(), failing);
  await expect(failed.render(request({}))).rejects.toMatchObject({ code: 'environment_invalid' });
  failed.close();
  const next = openRenderSession(model(), { ...plain, threads: shared });
  const render = next.render(request({}));
  late.resolve();
  expect(difference(await render, await renderImage(model(), request({}), testHost())).max).toBe(0);
  next.close();
});

test('paths take no time for filtering a picture of surroundings, and leave it to those that look at it', async () => {
  const tasks: number[] = [];
  const threads = new InlineThreads();
  const host = {
    ...testHost(radianceFile(64, ([x, y, z]) => [x > 0.9 ? 20 : 0.3, y > 0 ? 0.6 : 0.1, z > 0 ? 1 : 0.2])),
    threads: {
      count: 1,
      acquire: async (module: WebAssembly.Module, bytes: number) => {
        const lease = await threads.acquire(module, bytes);
        return {
          ...lease,
          run: (task: number) => {
            tasks.push(task);
            return lease.run(task);
          },
        };
      },
    },
  };
  const paths = { integrator: 'path', samples: 1 } as const;
  const requests = [
    request(paths),
    request({ ...paths, background: 'environment' }),
    request({ ...paths, background: 'environment', environmentBlur: 0.5 }),
    request({ ground: 'shadow' }),
  ];
  const session = openRenderSession(model(), host);
  const filtered: boolean[] = [];
  for (const each of requests) {
    tasks.length = 0;
    const kept = await session.render(each);
    filtered.push(tasks.includes(L.TASK_ENVIRONMENT_FILTER));
    expect(difference(kept, await renderImage(model(), each, host)).max).toBe(0);
  }
  session.close();
  expect(filtered).toEqual([false, false, true, false]);
  // A preview of its own filters.
  expect(tasks).toContain(L.TASK_ENVIRONMENT_FILTER);
});

/** A picture whose head is right and whose rows end early. */
function damagedEnvironment(): Uint8Array {
  const whole = radianceFile(64, () => [1, 1, 1]);
  return whole.subarray(0, whole.length >> 1);
}
