import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { makeCube } from '#test/models/cube.ts';
import { UsageError } from './command.ts';
import { pictureWriter } from './progress-picture.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-cli-picture-'));
  await writeFile(join(folder, 'cube.glb'), await makeCube());
});
afterAll(() => rm(folder, { recursive: true }));

test('the output is written again while it is traced, and is in the end what it is without', async () => {
  const size = ['--integrator', 'path', '--width', '320', '--height', '240', '--noise-threshold', '0'];
  const run = (name: string, samples: number, ...more: string[]) => {
    const options = [...size, '--samples', `${samples}`, '--threads', '2', ...more];
    const files = [join(folder, 'cube.glb'), '-o', join(folder, name)];
    return spawn(process.execPath, ['cli/maquette.js', 'render', ...files, ...options]);
  };
  // The first picture in the making is due after a second, so that the whole has to take some, on any machine.
  const startedAt = performance.now();
  await once(run('plain.png', 64), 'exit');
  const samples = Math.min(512, Math.ceil((64 * 5000) / (performance.now() - startedAt)));
  const out = join(folder, 'watched.png');
  const watched = run('watched.png', samples, '--progress-picture');
  const ended = once(watched, 'exit');
  const seen = new Map<string, Buffer>();
  while (watched.exitCode === null) {
    const bytes = await readFile(out).catch(() => undefined);
    if (bytes) seen.set(bytes.toString('base64'), bytes);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await ended;
  expect(watched.exitCode).toBe(0);
  const final = await readFile(out);
  seen.delete(final.toString('base64'));
  expect(seen.size).toBeGreaterThan(0);
  for (const bytes of seen.values()) {
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 320, height: 240 });
  }
  const plain = join(folder, 'plain.png');
  await once(run('plain.png', samples), 'exit');
  expect((await readFile(plain)).equals(final)).toBe(true);
  expect((await readdir(folder)).sort()).toEqual(['cube.glb', 'plain.png', 'watched.png']);
}, 60_000);

test.each<[string, Partial<ImageRequest>, RegExp]>([
  ['a preview', {}, /integrator path/],
  ['motion blur', { integrator: 'path', time: 0, shutter: 0.5 }, /shutter/],
  ['an EXR', { integrator: 'path', format: 'exr' }, /exr/],
  ['a pass', { integrator: 'path', passes: ['depth', 'beauty'] }, /the picture itself/],
])('%s is not written on the way', (_, request, message) => {
  const attempt = () => pictureWriter('out.png', ImageRequest.parse(request));
  expect(attempt).toThrow(UsageError);
  expect(attempt).toThrow(message);
});
