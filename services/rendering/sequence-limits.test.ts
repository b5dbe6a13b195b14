import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { type FrameFiles, JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import { TurntableRequest } from '#contracts/render/sequence-request.ts';
import { completeSequence } from '#contracts/render/sequence-rules.ts';
import { putBytes } from '#platform/objects/testing/bytes.ts';
import { makeCube } from '#test/models/cube.ts';
import { limitsOfEncoding } from './cost/run-limits.ts';
import { openRendering, type TestRendering } from './testing/open-rendering.ts';

/** So short that no sequence of so many frames keeps within the time of one image, so small that several do not fit. */
const FRAMES = 30;
const SECONDS = 1;
const OUTPUT_BYTES = 32 * 1024;
const request = completeSequence(
  TurntableRequest.parse({ kind: 'turntable', format: 'zip', width: 480, height: 360, frames: FRAMES, samples: 64 }),
);

let rendering: TestRendering;
beforeAll(async () => {
  rendering = await openRendering({ memoryBytes: 2 ** 30, seconds: SECONDS, outputBytes: OUTPUT_BYTES });
});
afterAll(() => rendering?.close());

it('frames have the time of an image each, and they and their file the room that they need', async () => {
  const { office, objects } = rendering;
  const glb = await putBytes(objects, await makeCube());
  const common = { renderId: newId('render'), assetId: newId('asset'), versionId: newId('version'), glb, request };
  const drawn = await office.finished('render.frames', { ...common, first: 0, count: FRAMES });
  if (drawn.case !== 'resultJson') throw new Error(JSON.stringify(drawn));
  const { frames, stats } = JOB_KINDS['render.frames'].result.parse(JSON.parse(drawn.value));
  const bytes = frames.reduce((sum, { image }: FrameFiles) => sum + image.bytes, 0);
  expect(stats.seconds).toBeGreaterThan(SECONDS);
  expect(bytes).toBeGreaterThan(OUTPUT_BYTES);
  const encoded = await office.finished('render.sequence', { ...common, frames });
  if (encoded.case !== 'resultJson') throw new Error(JSON.stringify(encoded));
  expect(JOB_KINDS['render.sequence'].result.parse(JSON.parse(encoded.value)).file.blob.bytes).toBeGreaterThan(bytes);
});

it('one image keeps to its own limits', async () => {
  const glb = await putBytes(rendering.objects, await makeCube());
  const outcome = await rendering.render({ glb }, { width: 1600, height: 1200, integrator: 'path', samples: 128 });
  expect(outcome).toMatchObject({ ok: false, error: { code: 'time_limit_exceeded' } });
});

it('encoding has time by its format and its pixels', () => {
  const limits = { memoryBytes: 2 ** 30, seconds: 300, outputBytes: 2 ** 30 };
  const of = (options: object) =>
    limitsOfEncoding(TurntableRequest.parse({ kind: 'turntable', width: 1920, height: 1080, ...options }), 900, limits);
  // Measured: 5.5 million pixels a second, 340 seconds.
  expect(of({ format: 'mp4' }).seconds).toBeGreaterThan(340 * 4);
  expect(of({ format: 'zip' }).seconds).toBeLessThan(of({ format: 'webm' }).seconds! / 2);
  // ProRes 4444 at this size and 30 frames a second is 330 Mbit/s, alpha apart.
  expect(of({ format: 'mov' }).outputBytes).toBeGreaterThan((330e6 / 8) * 30);
});
