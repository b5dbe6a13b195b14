import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCeramicVase } from '#app/samples/ceramic-vase.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { OptimizeReport } from '#contracts/operations/optimize-report.ts';
import { processModel } from '#engine/process/process-model.ts';
import { readModelFiles } from './model-files.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-optimize-'));
  await writeFile(join(folder, 'vase.glb'), await makeCeramicVase());
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function maquette(
  args: string[],
  input = '',
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'maquette.js'), ...args], { cwd: folder });
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all(
    [child.stdout, child.stderr].map(async (stream) => {
      let text = '';
      for await (const chunk of stream) text += chunk;
      return text;
    }),
  );
  const status = await new Promise<number | null>((resolve) =>
    child.exitCode === null ? child.once('close', resolve) : resolve(child.exitCode),
  );
  return { status, stdout: stdout!, stderr: stderr! };
}

describe('maquette optimize', () => {
  it('takes the preset web and prints one JSON document', async () => {
    const { status, stdout } = await maquette(['optimize', 'vase.glb', 'out.glb', '--json']);
    expect(status).toBe(0);
    const printed = JSON.parse(stdout);
    const report = OptimizeReport.parse(printed);
    const bytes = await readFile(join(folder, 'out.glb'));
    expect(report.output.bytes).toBe(bytes.length);
    expect(report.output.bytes).toBeLessThan(report.input.bytes / 2);
    expect(report.deviation).toEqual({
      max: expect.any(Number),
      mean: expect.any(Number),
      relativeMax: expect.any(Number),
      samples: expect.any(Number),
    });
    expect(printed.files).toEqual([{ path: 'out.glb', bytes: bytes.length }]);
  });

  it('writes glTF with its files, beside it or in a zip', async () => {
    const recipe = JSON.stringify({
      operations: [{ type: 'textures', maxSize: 64, format: 'webp' }, { type: 'draco' }],
    });
    expect((await maquette(['optimize', 'vase.glb', 'apart/vase.gltf', '--recipe', '-'], recipe)).status).toBe(0);
    const names = (await readdir(join(folder, 'apart'))).sort();
    expect(names).toContain('vase.gltf');
    expect(names.filter((name) => name.endsWith('.webp')).length).toBeGreaterThan(1);
    const apart = await processModel(await readModelFiles(join(folder, 'apart/vase.gltf')), ModelLimits.parse({}));
    expect(apart.report.validation.errors).toBe(0);
    expect((await maquette(['optimize', 'vase.glb', 'vase.zip', '--recipe', '-'], recipe)).status).toBe(0);
    const zip = await readFile(join(folder, 'vase.zip'));
    expect(Object.keys(unzipSync(zip)).sort()).toEqual(names);
    const zipped = await processModel([{ name: 'vase.zip', bytes: zip }], ModelLimits.parse({}));
    expect(zipped.report.triangles).toBe(apart.report.triangles);
  });

  it('says 1 when a gate fails, 2 when it is used wrongly', async () => {
    const failed = await maquette([
      'optimize',
      'vase.glb',
      'no.glb',
      '--triangles',
      '300',
      '--max-deviation',
      '0.000001',
      '--json',
    ]);
    expect(failed.status).toBe(1);
    expect(JSON.parse(failed.stdout).error.code).toBe('gate_failed');
    await expect(readFile(join(folder, 'no.glb'))).rejects.toThrow();
    for (const wrong of [
      ['vase.glb', 'out.doc'],
      ['vase.glb', 'out.glb', '--format', 'stl'],
      ['vase.glb', 'out.glb', '--unit', 'mm'],
      ['vase.glb', 'out.glb', '--preset', 'none'],
      ['vase.glb', 'out.glb', '--bytes', 'few'],
    ]) {
      expect((await maquette(['optimize', ...wrong])).status, wrong.join(' ')).toBe(2);
    }
    const recipe = await maquette(
      ['optimize', 'vase.glb', 'out.glb', '--recipe', '-'],
      '{"operations":[{"type":"simplify","ration":1}]}',
    );
    expect(recipe.status).toBe(2);
    expect(recipe.stderr).toContain('ration');
  });
});
