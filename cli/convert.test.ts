import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCeramicVase } from '#app/samples/ceramic-vase.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { processModel } from '#engine/process/process-model.ts';
import { readModelFiles } from './model-files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-convert-'));
  await writeFile(join(folder, 'vase.glb'), await makeCeramicVase());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function convert(...args: string[]) {
  const program = join(import.meta.dirname, 'maquette.js');
  const child = spawn(process.execPath, [program, 'convert', ...args], { cwd: folder });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await closed, stdout, stderr };
}

async function report(name: string) {
  return (await processModel(await readModelFiles(join(folder, name)), ModelLimits.parse({}))).report;
}

describe('maquette convert', () => {
  it('writes an OBJ with its library and textures beside it, and says what it cannot hold', async () => {
    const { status, stdout } = await convert('vase.glb', 'made/my vase.obj', '--json');
    expect(status).toBe(0);
    const printed = JSON.parse(stdout) as { files: { path: string; bytes: number }[]; warnings: { code: string }[] };
    const names = (await readdir(join(folder, 'made'))).sort();
    expect(printed.files.map(({ path }) => path.replace('made/', '')).sort()).toEqual(names);
    expect(names).toContain('my vase.obj');
    expect(names).toContain('my_vase.mtl');
    expect(names.filter((name) => /\.(png|jpg)$/.test(name)).length).toBeGreaterThan(0);
    expect(printed.warnings).toEqual([]);
    const [before, after] = [await report('vase.glb'), await report('made/my vase.obj')];
    expect([after.triangles, after.materials.length]).toEqual([before.triangles, before.materials.length]);
    expect(after.textures.length).toBeGreaterThan(0);
  });

  it('writes a zip of the format that is asked for', async () => {
    for (const [format, main] of [
      ['obj', 'zipped.obj'],
      ['gltf', 'zipped.gltf'],
      ['stl', 'zipped.stl'],
    ] as const) {
      expect((await convert('vase.glb', 'zipped.zip', '--format', format)).status).toBe(0);
      expect(Object.keys(unzipSync(await readFile(join(folder, 'zipped.zip'))))[0]).toBe(main);
      expect((await report('zipped.zip')).triangles).toBe((await report('vase.glb')).triangles);
    }
  });

  it('takes units, axes and text, and refuses what a format does not leave open', async () => {
    const { status, stderr } = await convert('vase.glb', 'vase.stl', '--unit', 'cm', '--up', 'y', '--ascii');
    expect(status).toBe(0);
    expect(stderr).toContain('not kept');
    expect(await readFile(join(folder, 'vase.stl'), 'utf8')).toMatch(/^solid vase\nfacet normal /);
    for (const wrong of [
      ['vase.glb', 'no.doc'],
      ['vase.glb', 'no.glb', '--unit', 'mm'],
      ['vase.glb', 'no.3mf', '--up', 'y'],
      ['vase.glb', 'no.stl', '--unit', 'yard'],
      ['vase.glb', 'no.stl', '--format', 'obj'],
    ]) {
      expect((await convert(...wrong)).status, wrong.join(' ')).toBe(2);
    }
    expect((await convert('vase.glb', 'no.stl', '--animation', 'Walk')).status).toBe(1);
  });
});
