import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCube } from '#test/models/cube.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-early-start-'));
  await writeFile(join(folder, 'cube.glb'), await makeCube());
});
afterAll(() => rm(folder, { recursive: true }));

/** The command line as a process of its own: it must also end. */
function render(...args: string[]) {
  const { status, stderr, signal } = spawnSync(process.execPath, ['cli/maquette.js', 'render', ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stderr, signal };
}

test.each([
  ['--help', 0],
  ['cube.glb', 2],
  ['cube.glb -o out.png --threads 0', 2],
  ['cube.glb -o out.png --width 3', 2],
  ['missing.glb -o out.png', 1],
  ['. -o out.png', 1],
])('what has begun is given up: render %s', (args, status) => {
  const words = args.split(' ').map((word) => (/\.(glb|png)$/.test(word) ? join(folder, word) : word));
  expect(render(...words)).toMatchObject({ status, signal: null });
});

test('the picture is the same wherever the model stands among the options, and for any number of threads', async () => {
  const size = ['--width', '64', '--height', '48'];
  const model = join(folder, 'cube.glb');
  const orders = [
    (out: string) => [model, '-o', out, ...size],
    (out: string) => ['-o', out, ...size, model],
    (out: string) => [model, '-o', out, ...size, '--threads', '3'],
    (out: string) => ['-o', out, model, '--threads=1', ...size],
  ];
  const pictures = [];
  for (const [i, order] of orders.entries()) {
    const out = join(folder, `${i}.png`);
    expect(render(...order(out))).toMatchObject({ status: 0 });
    pictures.push(await readFile(out));
  }
  for (const picture of pictures.slice(1)) expect(picture.equals(pictures[0]!)).toBe(true);
});
