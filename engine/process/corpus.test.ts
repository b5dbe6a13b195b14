import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { CORPUS, corpusFile, hasCorpus } from '#test/corpus.ts';
import type { ModelFile } from '../formats/model-file.ts';
import { validateGltfBytes } from '../validate/validate-gltf.ts';
import { processModel } from './process-model.ts';
import { readModel } from './read-model.ts';

const LIMITS = ModelLimits.parse({});

/** The model with everything in its folder, as a client would upload it. */
async function withFolder(path: string): Promise<ModelFile[]> {
  const folder = dirname(join(CORPUS, path));
  const companions = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(bin|png|jpe?g|webp|mtl)$/i.test(name),
  );
  const files: ModelFile[] = [{ name: relative(folder, join(CORPUS, path)), bytes: await corpusFile(path) }];
  for (const name of companions) files.push({ name, bytes: await corpusFile(relative(CORPUS, join(folder, name))) });
  return files;
}

/**
 * What is in the files, counted with other tools or by reading them: triangles as drawn, stored vertices, draw calls,
 * materials, textures, animations, skins, and whether the surface is closed.
 */
const TABLE: [
  path: string,
  triangles: number,
  vertices: number,
  draws: number,
  materials: number,
  textures: number,
  clips: number,
  skins: number,
  closed: boolean | null,
][] = [
  ['gltf/Knight.glb', 6952, 7024, 15, 1, 1, 76, 1, false],
  ['gltf/knight_draco.glb', 6952, 7134, 15, 1, 1, 3, 1, false],
  ['gltf/knight_meshopt.glb', 6952, 6665, 15, 1, 1, 3, 6, false],
  ['gltf/knight_ktx2_etc1s.glb', 6952, 7024, 15, 1, 1, 3, 1, false],
  ['gltf/character.glb', 550, 1038, 6, 1, 1, 4, 0, false],
  ['gltf/space.glb', 12, 20, 1, 1, 1, 0, 0, true],
  ['gltf/BoxMeshopt.glb', 12, 24, 1, 1, 0, 0, 0, true],
  ['gltf/BoxDraco/BoxDraco.gltf', 12, 24, 1, 1, 0, 0, 0, true],
  ['gltf/khr-meshopt/meshopt-no-fallback.gltf', 60, 50, 2, 2, 0, 0, 0, true],
  ['gltf/01_cs_morph/01_cs_morph.gltf', 12, 24, 1, 1, 0, 1, 0, true],
  ['gltf/03_skinned_cylinder/03_skinned_cylinder.gltf', 316, 750, 1, 1, 0, 1, 1, true],
  ['gltf/18_variants/18_variants.gltf', 12, 24, 3, 5, 0, 0, 0, true],
  ['gltf/22_factors/22_factors.gltf', 12, 24, 1, 1, 1, 0, 0, true],
  ['gltf/webp/box-textured-with-fallback.gltf', 12, 24, 1, 1, 2, 0, 0, true],
  ['obj/spider/spider.obj', 1368, 974, 19, 4, 4, 0, 0, false],
  ['obj/spider.zip', 1368, 974, 19, 4, 4, 0, 0, false],
  ['obj/spot.obj', 5856, 3773, 1, 1, 0, 0, 0, true],
  ['obj/cube_with_vertexcolors.obj', 12, 24, 1, 1, 0, 0, 0, true],
  ['obj/box_UTF16BE.obj', 12, 24, 1, 1, 0, 0, 0, true],
  ['obj/box-complex-material/box-complex-material.obj', 12, 24, 1, 1, 2, 0, 0, true],
];

describe.skipIf(!hasCorpus)('processModel on the corpus', () => {
  it.each(TABLE)('%s', async (path, triangles, vertices, draws, materials, textures, clips, skins, closed) => {
    const files =
      /\.(zip|glb)$/.test(path) && !path.includes('character')
        ? [{ name: path, bytes: await corpusFile(path) }]
        : await withFolder(path);
    const { report, glb } = await processModel(files, LIMITS);
    expect({
      triangles: report.triangles,
      vertices: report.vertices,
      draws: report.drawCalls,
      materials: report.materials.length,
      textures: report.textures.length,
      clips: report.animations.length,
      skins: report.skins.length,
      closed: report.watertight,
    }).toEqual({ triangles, vertices, draws, materials, textures, clips, skins, closed });
    // The canonical file is clean, and reading it again finds nothing to correct.
    const validation = await validateGltfBytes(glb, 'glb', 'model.glb');
    expect(validation.issues.filter((issue) => issue.severity === 'error')).toEqual([]);
    const again = await readModel([{ name: 'model.glb', bytes: glb }], LIMITS);
    expect(again.corrections).toEqual([]);
  });

  it('gives the same bytes and report each time', async () => {
    const files = await withFolder('gltf/24_animation_pointer/24_animation_pointer.gltf');
    const first = await processModel(files, LIMITS);
    const second = await processModel(files.toReversed(), LIMITS);
    expect(Buffer.compare(first.glb, second.glb)).toBe(0);
    expect(second.report).toEqual(first.report);
  });

  it('reads the same shape from plain, Draco, meshopt and KTX2 versions', async () => {
    const bounds = [];
    for (const path of [
      'gltf/Knight.glb',
      'gltf/knight_draco.glb',
      'gltf/knight_meshopt.glb',
      'gltf/knight_ktx2_etc1s.glb',
    ]) {
      const { report } = await processModel([{ name: path, bytes: await corpusFile(path) }], LIMITS);
      bounds.push([...report.bounds!.min, ...report.bounds!.max]);
    }
    for (const other of bounds.slice(1)) {
      for (const [i, value] of other.entries()) expect(value).toBeCloseTo(bounds[0]![i]!, 3);
    }
  });

  it('shows a model without its texture, and says so', async () => {
    const { report } = await processModel(
      [{ name: 'character.glb', bytes: await corpusFile('gltf/character.glb') }],
      LIMITS,
    );
    expect(report.textures).toEqual([]);
    expect(report.triangles).toBe(550);
    expect(report.corrections.map((correction) => correction.code)).toEqual(['missing_texture']);
    expect(report.corrections[0]!.message).toContain('Textures/colormap.png');
  });

  it('counts 8,000 splats as splats and keeps their extension', async () => {
    const { report, glb } = await processModel(
      [{ name: 'a.glb', bytes: await corpusFile('splat/sphere_3dgs.glb') }],
      LIMITS,
    );
    expect(report).toMatchObject({ splats: 8000, points: 0, triangles: 0, watertight: null });
    const again = await processModel([{ name: 'b.glb', bytes: glb }], LIMITS);
    expect(again.report.splats).toBe(8000);
  });

  it('multiplies instances: 33,230 drawn cubes', async () => {
    const { report } = await processModel(await withFolder('gltf/24_gpu_instancing/24_gpu_instancing.gltf'), LIMITS);
    expect(report.triangles).toBeGreaterThan(7_000_000);
    expect(report.vertices).toBeLessThan(10_000);
  });
});
