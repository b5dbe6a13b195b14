import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Render } from '#contracts/rest/resources/render.ts';
import { createClient } from '../../sdk/client.ts';
import { makeCube } from '../models/cube.ts';
import { EventListener, request, settled, upload } from './client.ts';
import { KEY, startWhole, type TestServer } from './server.ts';

let server: TestServer;
let assetId: Render['assetId'];
beforeAll(async () => {
  server = await startWhole();
  const { body } = await upload(server, [{ name: 'cube.glb', bytes: await makeCube(1) }]);
  await settled(server, body.id);
  assetId = body.id;
});
afterAll(async () => {
  await server?.stop();
  await server?.remove();
});

it('a traced picture is seen while it is made, and is the same in the end as one that nobody watched', async () => {
  const maquette = createClient({ baseUrl: server.url, key: KEY });
  const wish = { assetId, integrator: 'path', width: 320, height: 240, samples: 384, noiseThreshold: 0 } as const;
  const listener = await EventListener.open(server, `?asset=${assetId}`);
  const asked = await maquette.renders.create({ ...wish, format: 'jpg', progressPictures: true });
  const first = await listener.waitFor((event) => event.type === 'render_progress');
  if (first.type !== 'render_progress') throw new Error('another event');
  expect(first).toMatchObject({ id: null, subject: { type: 'render', id: asked.id } });
  expect(first.data).toMatchObject({ renderId: asked.id, contentType: 'image/jpeg', width: 320, height: 240 });
  const answer = await request(server, first.data.url);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  const noisy = await sharp(Buffer.from(await answer.arrayBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(noisy.info).toMatchObject({ width: 320, height: 240 });
  expect((await maquette.renders.get(asked.id)).progressPicture?.samples).toBeGreaterThanOrEqual(first.data.samples);

  const made = await maquette.renders.wait(asked);
  expect(made).toMatchObject({ state: 'succeeded', progressPicture: null });
  const final = Buffer.from(await (await maquette.renders.picture(made.id)).arrayBuffer());
  const clean = await sharp(final).raw().toBuffer();
  // It shows the same, with noise.
  const away = clean.reduce((sum, value, i) => sum + Math.abs(value - noisy.data[i]!), 0) / clean.length;
  expect(away).toBeGreaterThan(0.2);
  expect(away).toBeLessThan(12);
  listener.close();

  // Whether it was watched is no part of what a picture is.
  const again = await maquette.renders.wait(await maquette.renders.create({ ...wish, format: 'jpg' }));
  expect(again).toMatchObject({ cost: { cached: true }, image: { derivativeId: made.image?.derivativeId } });
  await maquette.assets.delete(assetId);
  const { body } = await upload(server, [{ name: 'cube.glb', bytes: await makeCube(1) }]);
  await settled(server, body.id);
  const unwatched = await maquette.renders.wait(
    await maquette.renders.create({ ...wish, assetId: body.id, format: 'jpg' }),
  );
  expect(unwatched.cost?.cached).toBe(false);
  expect(Buffer.from(await (await maquette.renders.picture(unwatched.id)).arrayBuffer()).equals(final)).toBe(true);
}, 120_000);
