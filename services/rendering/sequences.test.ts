import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { frameChunks } from '#contracts/jobs/frame-chunks.ts';
import { type FrameFiles, JOB_KINDS, type JobResult } from '#contracts/jobs/job-kinds.ts';
import { RenderRequest, taskOf } from '#contracts/render/render-request.ts';
import type { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { completeSequence, frameCountOf } from '#contracts/render/sequence-rules.ts';
import { putBytes, readBytes } from '#platform/objects/testing/bytes.ts';
import { loadLibav } from '#platform/video/libav.ts';
import { decodeVideo } from '#platform/video/testing/decode-video.ts';
import { makeCube } from '#test/models/cube.ts';
import { checkRequest } from './check-request.ts';
import { openRendering, type TestRendering } from './testing/open-rendering.ts';

let folder: string;
let rendering: TestRendering;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-sequences-test-'));
  rendering = await openRendering({ memoryBytes: 2 ** 31 });
});
afterAll(async () => {
  await rendering?.close();
  await rm(folder, { recursive: true, force: true });
});

const complete = (input: object) => completeSequence(taskOf(RenderRequest.parse(input)) as SequenceRequest);

/** What the jobs of one sequence share. */
async function jobOf(request: SequenceRequest) {
  const glb = await putBytes(rendering.objects, await makeCube());
  return { renderId: newId('render'), assetId: newId('asset'), versionId: newId('version'), glb, request };
}

/** Queues what `render.frames` and `render.sequence` jobs a sequence needs, and passes the frames on as the data service does. */
async function makeSequence(input: object): Promise<{
  request: SequenceRequest;
  frames: FrameFiles[];
  made: JobResult<'render.sequence'>;
}> {
  const request = complete(input);
  const common = await jobOf(request);
  const { office } = rendering;
  const frames: FrameFiles[] = [];
  for (const chunk of frameChunks(request)) {
    const outcome = await office.finished('render.frames', { ...common, ...chunk });
    if (outcome.case !== 'resultJson') throw new Error(JSON.stringify(outcome));
    frames.push(...JOB_KINDS['render.frames'].result.parse(JSON.parse(outcome.value)).frames);
  }
  const outcome = await office.finished('render.sequence', { ...common, frames });
  if (outcome.case !== 'resultJson') throw new Error(JSON.stringify(outcome));
  return { request, frames, made: JOB_KINDS['render.sequence'].result.parse(JSON.parse(outcome.value)) };
}

async function decode(made: JobResult<'render.sequence'>, decoder?: string) {
  const path = join(folder, `${made.file.blob.sha256}.video`);
  await writeFile(path, await readBytes(rendering.objects, made.file.blob.sha256));
  return decodeVideo(loadLibav(), path, decoder);
}

const SMALL = { kind: 'turntable', width: 96, height: 64, frames: 10, fps: 12, samples: 2 };

describe('sequences, in the sandbox', () => {
  it('a turntable as MP4: white behind it, every frame another', async () => {
    const { frames, made } = await makeSequence(SMALL);
    expect(made.file).toMatchObject({ role: 'video', contentType: 'video/mp4', width: 96, height: 64 });
    expect(made.file.media).toMatchObject({ frames: 10, fps: 12 });
    expect(new Set(frames.map(({ image }) => image.sha256)).size).toBe(10);
    const video = await decode(made);
    expect(video).toMatchObject({ width: 96, height: 64, frameRate: 12 });
    expect(video.frames).toHaveLength(10);
    for (const { data } of video.frames) {
      for (let c = 0; c < 3; c++) expect(data[c]).toBeGreaterThan(250);
      // The cube is in the middle.
      const middle = (32 * 96 + 48) * 4;
      expect(Math.min(data[middle]!, data[middle + 1]!, data[middle + 2]!)).toBeLessThan(235);
    }
  });

  it('the same in other chunks has the same frames', async () => {
    const whole = await makeSequence(SMALL);
    const common = await jobOf(whole.request);
    for (const first of [7, 3]) {
      const outcome = await rendering.office.finished('render.frames', { ...common, first, count: 2 });
      if (outcome.case !== 'resultJson') throw new Error(JSON.stringify(outcome));
      const { frames } = JOB_KINDS['render.frames'].result.parse(JSON.parse(outcome.value));
      expect(frames).toEqual(whole.frames.slice(first, first + 2));
    }
  });

  it('keep their alpha in VP9, and stay apart from their background in AV1', async () => {
    const clear = await decode((await makeSequence({ ...SMALL, format: 'webm' })).made, 'libvpx-vp9');
    expect(clear.hasAlpha).toBe(true);
    for (const { data } of clear.frames) {
      expect(data[3]).toBeLessThan(4);
      expect(data[(32 * 96 + 48) * 4 + 3]).toBeGreaterThan(250);
    }
    const onBlue = await makeSequence({ ...SMALL, format: 'webm', codec: 'av1', background: '#2040a0', frames: 3 });
    const [first] = (await decode(onBlue.made)).frames;
    for (const [c, value] of [0x20, 0x40, 0xa0].entries()) {
      expect(Math.abs(first!.data[c]! - value)).toBeLessThan(10);
    }
  });

  it('a dataset: pictures, depths and cameras that agree', async () => {
    const input = { kind: 'dataset', width: 64, height: 48, views: 5, distribution: 'sphere', samples: 1 };
    const { made, frames } = await makeSequence(input);
    expect(made.file).toMatchObject({
      role: 'archive',
      contentType: 'application/zip',
      media: { frames: 5, fps: null },
    });
    expect(frames.every(({ camera, depth }) => camera && depth)).toBe(true);
    const files = unzipSync(await readBytes(rendering.objects, made.file.blob.sha256));
    const names = (folderName: string, ending: string) =>
      Array.from({ length: 5 }, (_, index) => `${folderName}/000${index}.${ending}`);
    expect(Object.keys(files).sort()).toEqual(
      ['transforms.json', ...names('images', 'png'), ...names('depth', 'exr')].sort(),
    );
    const transforms = JSON.parse(Buffer.from(files['transforms.json']!).toString());
    expect(transforms).toMatchObject({ w: 64, h: 48, cx: 32, cy: 24 });
    expect(transforms.frames).toHaveLength(5);
    for (const frame of transforms.frames) {
      const picture = sharp(files[frame.file_path]);
      expect(await picture.metadata()).toMatchObject({ width: 64, height: 48, hasAlpha: true });
      expect(Buffer.from(files[frame.depth_file_path]!).subarray(0, 4)).toEqual(Buffer.from([0x76, 0x2f, 0x31, 0x01]));
      // The camera looks at the cube's centre along its -Z.
      const [x, y, z] = [0, 1, 2].map((row) => frame.transform_matrix[row]);
      const distance = Math.hypot(x[3], y[3], z[3]);
      for (const row of [x, y, z]) expect(row[3] - distance * row[2]).toBeCloseTo(0, 5);
    }
  });

  it('stop when they are canceled, drawing and encoding alike', async () => {
    const { office } = rendering;
    const request = complete({ ...SMALL, width: 640, height: 480, samples: 64 });
    const common = await jobOf(request);
    const { frames } = await makeSequence({ ...SMALL, frames: 2 });
    const many = Array.from({ length: 2000 }, (_, index) => frames[index % 2]);
    const small = { ...request, width: 96, height: 64, frames: 2000 };
    for (const [kind, payload] of [
      ['render.frames', { ...common, first: 0, count: 10 }],
      ['render.sequence', { ...common, request: small, frames: many }],
    ] as const) {
      office.state = 'canceled';
      const before = office.beats.length;
      const jobId = office.add(kind, payload);
      await expect
        .poll(() => office.beats.slice(before).some((beat) => beat.jobId === jobId), { timeout: 20_000 })
        .toBe(true);
      office.state = 'running';
      await makeSequence({ ...SMALL, frames: 2 });
      expect(office.settled.has(jobId), kind).toBe(false);
    }
  });
});

describe('what cannot be made', () => {
  const refusal = (input: object) => {
    try {
      checkRequest(JSON.stringify(input));
    } catch (error) {
      return error as { code: string; errors?: { pointer: string; message: string }[] };
    }
    throw new Error('it was accepted');
  };

  it.each([
    ['alpha in MP4', { background: 'transparent' }, '/background', /no alpha/],
    ['alpha in AV1', { format: 'webm', codec: 'av1', background: 'transparent' }, '/background', /no alpha/],
    ['an odd width in MP4', { width: 333 }, '/width', /332 or 334/],
    ['an odd height in WebM', { format: 'webm', height: 241 }, '/height', /240 or 242/],
    ['sixty frames a second in a GIF', { format: 'gif', fps: 60 }, '/fps', /50/],
    ['one frame', { frames: 1 }, '/frames', /2/],
    ['no kind of that name', { kind: 'film' }, '/kind', /turntable/],
  ])('%s is refused with the reason', (_, options, pointer, reason) => {
    const error = refusal({ kind: 'turntable', ...options });
    expect(error.code).toBe('invalid_request');
    expect(error.errors).toMatchObject([{ pointer, message: expect.stringMatching(reason) }]);
  });

  it('odd sizes and alpha are fine where the format has them', () => {
    for (const format of ['mov', 'gif', 'webp', 'zip']) {
      const task = checkRequest(JSON.stringify({ kind: 'turntable', format, width: 333 }));
      expect(task).toMatchObject({ background: 'transparent', width: 333 });
    }
    expect(checkRequest(JSON.stringify({ kind: 'turntable' }))).toMatchObject({ format: 'mp4', background: '#ffffff' });
  });

  it('keyframes that make no path are refused', () => {
    const path = (keyframes: object[], options: object = {}) => ({ kind: 'camera-path', keyframes, ...options });
    const at = (time: number, position: number[], target = [0, 0, 0]) => ({ time, position, target });
    expect(refusal(path([at(0, [1, 0, 0]), at(0, [0, 0, 1])])).errors).toMatchObject([
      { pointer: '/keyframes/1/time' },
    ]);
    expect(refusal(path([at(0, [0, 2, 0]), at(1, [0, 0, 1])])).errors).toMatchObject([{ pointer: '/keyframes/0' }]);
    expect(refusal(path([at(0, [1, 0, 0]), at(200, [0, 0, 1])])).errors?.[0]?.message).toMatch(/6,001 frames/);
    expect(refusal(path([at(0, [1, 0, 0]), { time: 1, azimuth: 0, elevation: 0 }])).code).toBe('invalid_request');
    expect(refusal(path([at(0, [1, 0, 0]), at(1, [0, 0, 1])], { projection: 'orthographic' })).code).toBe(
      'invalid_request',
    );
  });

  it('more than the limits allow is refused with the figures', () => {
    const error = refusal({ kind: 'turntable', width: 8192, height: 8192, frames: 3600 });
    expect(error).toMatchObject({ code: 'render_too_large' });
    expect(frameCountOf(checkRequest(JSON.stringify({ kind: 'dataset', views: 3600 })) as SequenceRequest)).toBe(3600);
  });
});
