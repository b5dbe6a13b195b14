import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportFormat } from '#contracts/model/export-format.ts';
import { measureBounds } from '#engine/describe/measure-bounds.ts';
import { nodeOperationHost } from '#platform/images/operation-host.ts';
import { hasCorpus } from '#test/corpus.ts';
import { EXPORTERS } from '../exporters.ts';
import { readCorpus, triangles } from '../testing/round-trip.ts';

const ASSIMP = '/usr/bin/assimp';
const BLENDER = '/usr/bin/blender';
for (const program of [ASSIMP, BLENDER]) {
  if (!existsSync(program)) console.warn(`${program} is not here: what it reads of exported files is not compared.`);
}
const run = promisify(execFile);
const MODELS = ['gltf/character.glb', '3mf/sphere_logo.3mf', 'ply/cube_rgb_binary.ply', 'gltf/BoxMeshopt.glb'];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'maquette-exports-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes a model of the corpus in a format. */
async function write(model: string, format: ExportFormat) {
  const source = await readCorpus(model);
  const exporter = await EXPORTERS[format]();
  const stem = model.replaceAll(/[^a-z0-9]/gi, '_');
  const { files } = await exporter(source, { options: { format }, stem, host: nodeOperationHost });
  for (const { path, bytes } of files) await writeFile(join(folder, path), bytes);
  return { path: join(folder, files[0].path), source };
}

describe.runIf(hasCorpus && existsSync(ASSIMP))('assimp', () => {
  it.each(MODELS.flatMap((model) => (['obj', 'ply', 'stl'] as const).map((format) => [model, format] as const)))(
    'reads %s as %s with the same triangles and bounds',
    async (model, format) => {
      const { path, source } = await write(model, format);
      const { stdout } = await run(ASSIMP, ['info', path]);
      expect(Number(/^Faces:\s+(\d+)/m.exec(stdout)![1])).toBe(triangles(source));
      const corner = (name: string) => /\((.*?)\)/.exec(stdout.split(name)[1]!)![1]!.trim().split(/\s+/).map(Number);
      const { min, max } = measureBounds(source.getRoot().getDefaultScene()!)!;
      const [low, high] =
        format === 'stl'
          ? [
              [min[0], -max[2], min[1]],
              [max[0], -min[2], max[1]],
            ].map((point) => point.map((value) => value * 1000))
          : [min, max];
      const size = Math.max(...high!.map((value, axis) => value - low![axis]!));
      for (const axis of [0, 1, 2]) {
        expect(Math.abs(corner('Minimum point')[axis]! - low![axis]!) / size).toBeLessThan(1e-4);
        expect(Math.abs(corner('Maximum point')[axis]! - high![axis]!) / size).toBeLessThan(1e-4);
      }
    },
    60_000,
  );

  it.each(MODELS)(
    'reads %s as 3MF',
    async (model) => {
      const { path } = await write(model, '3mf');
      const { stdout } = await run(ASSIMP, ['info', path]);
      // An object of several items counts once there.
      expect(Number(/^Faces:\s+(\d+)/m.exec(stdout)![1])).toBeGreaterThan(0);
    },
    60_000,
  );
});

const IMPORT = `
import bpy, json, sys
out = []
for path in sys.argv[sys.argv.index('--') + 1:]:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    if path.endswith('.obj'):
        (bpy.ops.wm.obj_import if 'obj_import' in dir(bpy.ops.wm) else bpy.ops.import_scene.obj)(filepath=path)
    elif path.endswith('.ply'):
        (bpy.ops.wm.ply_import if 'ply_import' in dir(bpy.ops.wm) else bpy.ops.import_mesh.ply)(filepath=path)
    elif path.endswith('.stl'):
        (bpy.ops.wm.stl_import if 'stl_import' in dir(bpy.ops.wm) else bpy.ops.import_mesh.stl)(filepath=path)
    meshes = [o for o in bpy.data.objects if o.type == 'MESH']
    images = [i for i in bpy.data.images if i.has_data or i.size[0] > 0]
    out.append([sum(len(p.vertices) - 2 for o in meshes for p in o.data.polygons), len(images)])
print('RESULT ' + json.dumps(out))
`;

describe.runIf(hasCorpus && existsSync(BLENDER))('Blender', () => {
  it('reads OBJ with its texture, PLY and STL with all triangles', async () => {
    const written = await Promise.all(
      (['obj', 'ply', 'stl'] as const).map((format) => write('gltf/Knight.glb', format)),
    );
    const script = join(folder, 'import.py');
    await writeFile(script, IMPORT);
    const { stdout } = await run(
      BLENDER,
      ['-b', '--python-exit-code', '3', '--python', script, '--', ...written.map(({ path }) => path)],
      {
        maxBuffer: 2 ** 26,
      },
    );
    const [obj, ply, stl] = JSON.parse(/RESULT (.*)/.exec(stdout)![1]!) as [number, number][];
    const count = triangles(written[0]!.source);
    expect(obj).toEqual([count, 1]);
    expect(ply![0]).toBe(count);
    // Triangles of no extent or upon one another are left out there, since STL joins corners by position alone.
    expect(stl![0]).toBeGreaterThan(0.98 * count);
    expect(stl![0]).toBeLessThanOrEqual(count);
  }, 300_000);
});
