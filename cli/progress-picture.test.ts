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
  const size = ['--integrator', 'path', '--width', '320', '--height', '240', '--samples', '384'];
  const options = [...size, '--noise-threshold', '0', '--threads', '2'];
  const run = (out: string, ...more: string[]) =>
    spawn(process.execPath, ['cli/maquette.js', 'render', join(folder, 'cube.glb'), '-o', out, ...options, ...more]);
  const out = join(folder, 'watched.png');
  const watched = run(out, '--progress-picture');
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
  await once(run(plain), 'exit');
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
