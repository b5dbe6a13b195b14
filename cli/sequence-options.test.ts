import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodeRenderHost } from '#platform/render-threads/node-host.ts';
import { loadLibav } from '#platform/video/libav.ts';
import { decodeVideo } from '#platform/video/testing/decode-video.ts';
import { makeCube } from '#test/models/cube.ts';
import { UsageError } from './command.ts';
import { readModelFiles } from './model-files.ts';
import { renderSequence } from './render-sequence.ts';
import { sequenceRequestFrom } from './sequence-options.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-cli-sequence-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const keyframes = async (content: unknown) => {
  const path = join(folder, `${Math.random()}.json`);
  await writeFile(path, JSON.stringify(content));
  return path;
};

describe('options of sequences', () => {
  it('make a turntable, with the looks of an image', async () => {
    const values = { turntable: true, frames: '48', fps: '24', width: '320', elevation: '30', environment: 'city' };
    expect(await sequenceRequestFrom(values, 'out.mp4')).toMatchObject({
      kind: 'turntable',
      format: 'mp4',
      frames: 48,
      fps: 24,
      width: 320,
      height: 600,
      elevation: 30,
      environment: 'city',
      background: '#ffffff',
      degrees: 360,
    });
    expect(await sequenceRequestFrom({ turntable: true }, 'out.webp')).toMatchObject({ background: 'transparent' });
  });

  it('leave an image an image', async () => {
    expect(await sequenceRequestFrom({ animation: 'walk', time: '1' }, 'out.png')).toBeUndefined();
    expect(await sequenceRequestFrom({}, 'out.webp')).toBeUndefined();
  });

  it('make a clip of an animation when the output is a video', async () => {
    expect(await sequenceRequestFrom({ animation: 'walk', start: '0.5' }, 'out.webm')).toMatchObject({
      kind: 'animation',
      animation: 'walk',
      start: 0.5,
    });
    expect(await sequenceRequestFrom({ animation: 'walk', fps: '12' }, 'out.webp')).toMatchObject({
      kind: 'animation',
      format: 'webp',
      fps: 12,
    });
  });

  it('read keyframes from a file, as a list or with what goes with them', async () => {
    const list = [
      { time: 0, azimuth: 0, elevation: 0 },
      { time: 2, azimuth: 90, elevation: 20, distance: 0.5 },
    ];
    expect(await sequenceRequestFrom({ 'camera-path': await keyframes(list) }, 'o.mp4')).toMatchObject({
      kind: 'camera-path',
      interpolation: 'smooth',
      keyframes: [{ distance: 1 }, { distance: 0.5 }],
    });
    const whole = await keyframes({ keyframes: list, interpolation: 'linear', loop: true });
    expect(await sequenceRequestFrom({ 'camera-path': whole }, 'o.mp4')).toMatchObject({
      interpolation: 'linear',
      loop: true,
    });
  });

  it.each([
    ['a video of nothing that moves', {}, 'out.mp4', /--turntable/],
    ['two kinds at once', { turntable: true, dataset: '3' }, 'out.zip', /together/],
    ['a turntable as PNG', { turntable: true }, 'out.png', /\.mp4/],
    ['half a frame', { turntable: true, frames: '2.5' }, 'out.mp4', /--frames/],
    ['a video option without what moves', { fps: '24', frames: '9' }, 'out.png', /^--fps, --frames: .*--turntable/],
    ['a video option of a picture of a clip', { animation: 'walk', loop: true }, 'out.png', /^--loop: /],
    ['an option of another kind', { dataset: '3', degrees: '90' }, 'out.zip', /^--degrees: not of a dataset/],
    ['a camera for what has its own', { turntable: true, view: 'front' }, 'out.mp4', /^--view: not of a turntable/],
    ['passes of a video', { turntable: true, passes: 'depth' }, 'out.mp4', /^--passes: not of a turntable/],
    ['a codec that the format has not', { turntable: true, codec: 'av1' }, 'out.mp4', /^--codec: of \.webm alone/],
    ['no such file', { 'camera-path': '/nowhere/path.json' }, 'out.mp4', /cannot be read/],
  ])('%s is wrong usage', async (_, values, output, message) => {
    const error = await sequenceRequestFrom(values, output).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toMatch(message);
  });

  it('that are impossible together are refused with the reason', async () => {
    const asking = sequenceRequestFrom({ turntable: true, background: 'transparent' }, 'out.mp4');
    await expect(asking).rejects.toMatchObject({ code: 'invalid_request', message: /no alpha/ });
  });
});

describe('sequences without a server', () => {
  it('are written as a video, and a dataset as a folder or a zip', async () => {
    const model = join(folder, 'cube.glb');
    await writeFile(model, await makeCube());
    const small = { width: '64', height: '48', samples: '1' };
    const make = async (values: Record<string, string | boolean>, name: string) => {
      const output = join(folder, name);
      const request = await sequenceRequestFrom({ ...small, ...values }, output);
      const host = createNodeRenderHost({ threads: 2 });
      const files = await readModelFiles(model);
      await renderSequence({ request: request!, files, output, host, json: false, environment: undefined });
      return output;
    };
    const video = await make({ turntable: true, frames: '5', fps: '10' }, 'cube.mp4');
    expect(decodeVideo(loadLibav(), video)).toMatchObject({ width: 64, height: 48, frameRate: 10 });
    expect(decodeVideo(loadLibav(), video).frames).toHaveLength(5);

    const zip = unzipSync(await readFile(await make({ dataset: '3' }, 'views.zip')));
    const views = await make({ dataset: '3' }, 'views');
    for (const [name, bytes] of Object.entries(zip)) {
      expect((await readFile(join(views, name))).equals(Buffer.from(bytes)), name).toBe(true);
    }
    expect(Object.keys(zip)).toHaveLength(7);
  });
});
