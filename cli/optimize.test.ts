import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCeramicVase } from '#app/samples/ceramic-vase.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { OptimizeReport } from '#contracts/operations/optimize-report.ts';
import { optimizeFiles } from '#engine/operations/testing/run.ts';
import { processModel } from '#engine/process/process-model.ts';
import { makeCube } from '#test/models/cube.ts';
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

  it('takes a preset with limits of its own from a file, and the options on top', async () => {
    const input = JSON.stringify({ preset: 'mobile', gates: { maxVertices: 4000 }, target: { triangles: 1500 } });
    const args = ['optimize', 'vase.glb', 'mobile.glb', '--recipe', '-', '--triangles', '900', '--max-deviation', '1'];
    const { status, stdout } = await maquette([...args, '--profile', 'web', '--json'], input);
    expect(status).toBe(0);
    const report = OptimizeReport.parse(JSON.parse(stdout));
    expect(report.output.triangles).toBeLessThanOrEqual(900);
    expect(report.gates.map(({ gate, passed }) => [gate, passed])).toEqual(
      expect.arrayContaining([
        ['maxDeviation', true],
        ['maxVertices', true],
        ['profile', true],
      ]),
    );
    expect(report.operations.map(({ operation }) => operation.type)).toContain('meshopt');
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

describe('another model', () => {
  it('is a file by its path from the folder of the recipe, in any format', async () => {
    await mkdir(join(folder, 'parts'), { recursive: true });
    await writeFile(join(folder, 'block.glb'), await makeCube(2));
    // A corner to cut off, as STL.
    const { outputs } = await optimizeFiles([{ name: 'cube.glb', bytes: await makeCube(1) }], {
      operations: [{ type: 'transform', translate: [1, 1, 1] }],
      outputs: [{ format: 'stl', unit: 'm', up: 'y' }],
    });
    await writeFile(join(folder, 'parts/corner.stl'), outputs[0]!.file);
    const operation = { type: 'boolean', operation: 'difference', with: { model: 'corner.stl', scale: 1000 } };
    const recipe = { operations: [operation], deviation: { samples: 0 } };
    await writeFile(join(folder, 'parts/cut.json'), JSON.stringify(recipe));
    const cut = (...options: string[]) => maquette(['optimize', 'block.glb', 'cut.stl', '--json', ...options]);
    const made = await cut('--recipe', 'parts/cut.json', '--cache', 'kept');
    expect(made.status, made.stderr).toBe(0);
    const report = OptimizeReport.parse(JSON.parse(made.stdout));
    expect(report.operations[0]!.notes.at(-1)).toContain('holds 7.875');
    const { report: read } = await processModel(await readModelFiles(join(folder, 'cut.stl')), ModelLimits.parse({}));
    expect(read.watertight).toBe(true);
    // From standard input, paths begin where the command runs.
    const text = JSON.stringify({
      ...recipe,
      operations: [{ ...operation, with: { ...operation.with, model: 'parts/corner.stl' } }],
    });
    const piped = await maquette(['optimize', 'block.glb', 'again.stl', '--recipe', '-', '--json'], text);
    expect(piped.status, piped.stderr).toBe(0);
    expect(await readFile(join(folder, 'again.stl'))).toEqual(await readFile(join(folder, 'cut.stl')));
    const missing = await maquette(
      ['optimize', 'block.glb', 'no.stl', '--recipe', '-', '--json'],
      JSON.stringify(recipe),
    );
    expect(missing.status).toBe(1);
    expect(JSON.parse(missing.stdout).error).toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('corner.stl cannot be read'),
    });
  });
});

describe('a graph', () => {
  const GRAPH = {
    nodes: {
      clean: { type: 'weld' },
      low: { type: 'simplify', ratio: 0.1, from: 'clean' },
      packed: { type: 'meshopt', from: 'low' },
    },
    outputs: { fine: { node: 'clean', formats: ['gltf', 'stl'] }, phone: 'packed' },
  };
  const graph = JSON.stringify(GRAPH);
  const run = (out: string, ...options: string[]) =>
    maquette(['optimize', 'vase.glb', out, '--recipe', '-', '--json', ...options], graph);
  const read = async (path: string) => {
    const { report } = await processModel(await readModelFiles(join(folder, path)), ModelLimits.parse({}));
    expect(report.validation.errors, path).toBe(0);
    return report;
  };

  it('writes each result into a folder, in its own formats', async () => {
    const { status, stdout } = await run('several/');
    expect(status).toBe(0);
    const { results } = JSON.parse(stdout);
    expect(Object.keys(results)).toEqual(['fine', 'phone']);
    const names = (await readdir(join(folder, 'several'))).sort();
    expect(names).toEqual(expect.arrayContaining(['fine.gltf', 'fine.bin', 'fine.stl', 'phone.glb']));
    const listed = [...results.fine.files, ...results.phone.files].map(({ path }: { path: string }) => path);
    expect(listed.sort()).toEqual(names.map((name) => join('several', name)));
    const [fine, phone] = [await read('several/fine.gltf'), await read('several/phone.glb')];
    expect(OptimizeReport.parse(results.fine).output.triangles).toBe(fine.triangles);
    expect(OptimizeReport.parse(results.phone).output.triangles).toBe(phone.triangles);
    expect(phone.triangles).toBeLessThan(fine.triangles / 8);
    expect((await read('several/fine.stl')).triangles).toBe(fine.triangles);
  });

  it('writes each result beside the name of a file, in its format; an only one as that file', async () => {
    expect((await run('beside/vase.gltf')).status).toBe(0);
    const [fine, phone] = [await read('beside/vase-fine.gltf'), await read('beside/vase-phone.gltf')];
    expect(phone.triangles).toBeLessThan(fine.triangles / 8);
    expect(await readdir(join(folder, 'beside'))).toContain('vase-fine.stl');
    const only = JSON.stringify({ ...GRAPH, outputs: { phone: 'packed' } });
    const { status, stderr } = await maquette(['optimize', 'vase.glb', 'only.glb', '--recipe', '-'], only);
    expect(status).toBe(0);
    expect(stderr).toContain('only.glb: ');
    expect((await read('only.glb')).triangles).toBe(phone.triangles);
  });

  it('puts limits of the options on every result, and refuses what it has no place for', async () => {
    const failed = await run('failed/', '--max-deviation', '0.000001');
    expect(failed.status).toBe(1);
    expect(JSON.parse(failed.stdout).error.message).toContain('phone');
    expect(await readdir(join(folder, 'failed'))).toEqual([]);
    for (const [message, ...options] of [
      ['each output has a target', '--triangles', '300'],
      ['--format', '--up', 'z'],
    ] as const) {
      const wrong = await run('wrong/', ...options);
      expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    const alike = JSON.stringify({ ...GRAPH, outputs: { Phone: 'packed', phone: 'low' } });
    expect((await maquette(['optimize', 'vase.glb', 'wrong/', '--recipe', '-'], alike)).status).toBe(2);
    const circle = '{"nodes":{"a":{"type":"weld","from":"a"}},"outputs":{"o":"a"}}';
    const refused = await maquette(['optimize', 'vase.glb', 'wrong/', '--recipe', '-', '--json'], circle);
    expect(refused.status).toBe(1);
    expect(JSON.parse(refused.stdout).error.code).toBe('invalid_request');
  });
});

describe('--cache', () => {
  const FIRST = [{ type: 'weld' }, { type: 'simplify', ratio: 0.3 }];
  const run = async (last: object, out: string, ...options: string[]) => {
    const recipe = JSON.stringify({ operations: [...FIRST, last] });
    const args = ['optimize', 'vase.glb', out, '--recipe', '-', '--json', ...options];
    const { status, stdout } = await maquette(args, recipe);
    expect(status).toBe(0);
    return OptimizeReport.parse(JSON.parse(stdout)).operations.map(({ cached }) => cached);
  };
  const textures = { type: 'textures', maxSize: 64 };
  const states = async () => (await readdir(join(folder, 'states'))).filter((name) => name.endsWith('.state'));

  it('lets a recipe go on from what another has made, to the same bytes', async () => {
    await mkdir(join(folder, 'states'));
    await writeFile(join(folder, 'states/notes.txt'), 'mine');
    expect(await run({ type: 'meshopt' }, 'packed.glb', '--cache', 'states')).toEqual([false, false, false]);
    expect(await states()).toHaveLength(1);
    expect(await run(textures, 'after.glb', '--cache', 'states')).toEqual([true, true, false]);
    expect(await run(textures, 'alone.glb', '--cache', 'others')).toEqual([false, false, false]);
    expect(await readFile(join(folder, 'after.glb'))).toEqual(await readFile(join(folder, 'alone.glb')));
  });

  it('makes anew what is damaged, and keeps no more than it may', async () => {
    const before = await states();
    let largest = 0;
    for (const name of before) {
      const bytes = await readFile(join(folder, 'states', name));
      bytes[bytes.length - 1000]! ^= 1;
      await writeFile(join(folder, 'states', name), bytes);
      largest = Math.max(largest, bytes.length);
    }
    expect(await run(textures, 'mended.glb', '--cache', 'states')).toEqual([false, false, false]);
    expect(await readFile(join(folder, 'mended.glb'))).toEqual(await readFile(join(folder, 'alone.glb')));
    expect(await run(textures, 'again.glb', '--cache', 'states')).toEqual([true, true, true]);

    const most = largest + 10_000;
    const limit = ['--cache', 'states', '--cache-bytes', String(most)];
    expect(await run(textures, 'other.glb', ...limit, '--max-deviation', '1')).toEqual([true, true, true]);
    expect(await run({ type: 'textures', maxSize: 128 }, 'larger.glb', ...limit)).toEqual([true, true, false]);
    const left = await states();
    expect(left.length).toBeGreaterThan(0);
    expect(before.every((name) => left.includes(name))).toBe(false);
    const sizes = await Promise.all(left.map(async (name) => (await stat(join(folder, 'states', name))).size));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(most);
    expect(await readFile(join(folder, 'states/notes.txt'), 'utf8')).toBe('mine');
  });
});
