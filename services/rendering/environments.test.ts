import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
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

async function* chunks(bytes: Uint8Array) {
  yield bytes;
}

/** Colour of the middle of a picture under an uploaded light. */
async function middle(light: [number, number, number]): Promise<number[]> {
  const environment = await rendering.objects.put(chunks(radiancePicture(light)));
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
  const parts: Uint8Array[] = [];
  for await (const chunk of await rendering.objects.read(file!.blob.sha256)) parts.push(chunk);
  const { data, info } = await sharp(Buffer.concat(parts)).raw().toBuffer({ resolveWithObject: true });
  return [...data.subarray((16 * info.width + 16) * info.channels).subarray(0, 3)];
}

it('an uploaded environment lights the model', async () => {
  const [red, , blue] = await middle([1, 0.1, 0.1]);
  expect(red).toBeGreaterThan(2 * blue!);
  const [dark, , light] = await middle([0.1, 0.1, 1]);
  expect(light).toBeGreaterThan(2 * dark!);
});

it('a picture is read whole in the sandbox before it becomes an environment', async () => {
  const good = await rendering.objects.put(chunks(radiancePicture([1, 1, 1], 64)));
  const ask = ({ sha256, bytes }: { sha256: string; bytes: number }) =>
    rendering.client.checkEnvironment({ sha256, bytes: BigInt(bytes) });
  expect(JSON.parse((await ask(good)).factsJson)).toEqual({ format: 'hdr', width: 128, height: 64 });
  const cut = await rendering.objects.put(chunks(radiancePicture([1, 1, 1], 64).subarray(0, 4000)));
  await expect(ask(cut)).rejects.toMatchObject({ code: 'environment_invalid', fault: 'input' });
  const none = await rendering.objects.put(chunks(Buffer.from('no picture at all')));
  await expect(ask(none)).rejects.toMatchObject({ code: 'environment_invalid' });
  expect(JSON.parse((await ask(good)).factsJson)).toMatchObject({ width: 128 });
});
