import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { putBytes, readBytes } from '#platform/objects/testing/bytes.ts';
import { radiancePicture } from '#test/models/radiance-picture.ts';
import { makeHeavyModel } from './testing/heavy-model.ts';
import { openRendering, type StoredModel, type TestRendering } from './testing/open-rendering.ts';

let rendering: TestRendering;
let model: StoredModel;
beforeAll(async () => {
  rendering = await openRendering({ memoryBytes: 2 ** 30 });
  model = await rendering.store(await makeHeavyModel({ quads: 10 }));
});
afterAll(() => rendering?.close());

/** Colour of the middle of a picture under an uploaded light. */
async function middle(light: [number, number, number]): Promise<number[]> {
  const environment = await putBytes(rendering.objects, radiancePicture(light));
  const outcome = await rendering.office.finished('render.image', {
    renderId: newId('render'),
    assetId: newId('asset'),
    versionId: newId('version'),
    glb: model.glb,
    environment,
    request: ImageRequest.parse({ width: 32, height: 32, view: 'top', environment: newId('environment') }),
  });
  if (outcome.case !== 'resultJson') throw new Error(JSON.stringify(outcome));
  const [file] = JOB_KINDS['render.image'].result.parse(JSON.parse(outcome.value)).files;
  const { data, info } = await sharp(await readBytes(rendering.objects, file!.blob.sha256))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return [...data.subarray((16 * info.width + 16) * info.channels).subarray(0, 3)];
}

it('an uploaded environment lights the model', async () => {
  const [red, , blue] = await middle([1, 0.1, 0.1]);
  expect(red).toBeGreaterThan(2 * blue!);
  const [dark, , light] = await middle([0.1, 0.1, 1]);
  expect(light).toBeGreaterThan(2 * dark!);
});

it('a picture is read whole in the sandbox before it becomes an environment', async () => {
  const good = await putBytes(rendering.objects, radiancePicture([1, 1, 1], 64));
  const ask = ({ sha256, bytes }: { sha256: string; bytes: number }) =>
    rendering.client.checkEnvironment({ sha256, bytes: BigInt(bytes) });
  expect(JSON.parse((await ask(good)).factsJson)).toEqual({ format: 'hdr', width: 128, height: 64 });
  const cut = await putBytes(rendering.objects, radiancePicture([1, 1, 1], 64).subarray(0, 4000));
  await expect(ask(cut)).rejects.toMatchObject({ code: 'environment_invalid', fault: 'input' });
  const none = await putBytes(rendering.objects, Buffer.from('no picture at all'));
  await expect(ask(none)).rejects.toMatchObject({ code: 'environment_invalid' });
  expect(JSON.parse((await ask(good)).factsJson)).toMatchObject({ width: 128 });
});

it('a check that finds no free process is given up, with what to do', async () => {
  const busy = await openRendering({ memoryBytes: 2 ** 30, checkSeconds: 0.5 });
  try {
    const heavy = await busy.store(await makeHeavyModel({ quads: 10 }));
    const long = busy.begin(heavy, { integrator: 'path', width: 512, height: 512, samples: 4096, noiseThreshold: 0 });
    await expect.poll(() => busy.office.beats.some(({ jobId }) => jobId === long), { timeout: 20_000 }).toBe(true);
    const { sha256, bytes } = await putBytes(busy.objects, radiancePicture([1, 1, 1], 64));
    const startedAt = performance.now();
    const asked = busy.client.checkEnvironment({ sha256, bytes: BigInt(bytes) });
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', remedy: expect.stringContaining('again') });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    busy.office.state = 'canceled';
  } finally {
    await busy.close();
  }
});
