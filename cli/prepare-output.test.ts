import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCube } from '#test/models/cube.ts';
import { runCommand, UsageError } from './command.ts';
import { renderCommand } from './commands/render.ts';
import { startEarly } from './early-start.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-cli-output-'));
  await writeFile(join(folder, 'cube.glb'), await makeCube());
});
afterAll(() => rm(folder, { recursive: true }));

const render = async (...more: string[]) => {
  const args = [join(folder, 'cube.glb'), '--width', '32', '--height', '32', '--threads', '1', ...more];
  return runCommand(renderCommand(await startEarly(args)), args);
};

test('the folder of the output is made', async () => {
  await render('-o', join(folder, 'new/deep/cube.png'));
  expect((await stat(join(folder, 'new/deep/cube.png'))).size).toBeGreaterThan(100);
});

test('an output that cannot be written is wrong usage, with the reason', async () => {
  const inFile = render('-o', join(folder, 'cube.glb/cube.png'));
  await expect(inFile).rejects.toThrow(UsageError);
  await expect(inFile).rejects.toThrow(/cube\.png cannot be written: /);
  const video = render('--turntable', '--frames', '2', '-o', join(folder, 'cube.glb/cube.zip'));
  await expect(video).rejects.toThrow(/cube\.zip cannot be written: /);
  await expect(render('-o', join(folder, 'made.png/cube.png'))).resolves.toBeUndefined();
  await expect(render('-o', join(folder, 'made.png'))).rejects.toThrow(/it is a folder/);
});
