import { describe, expect, it } from 'vitest';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { measure } from '../../describe/measure.ts';
import type { ImportedModel } from '../imported-model.ts';
import { importBytes, khronosErrors } from './testing/import-bytes.ts';
import { boundsOf, poseDocument } from './testing/pose-document.ts';

/** Counted by other readers of the same files: assimp 5.2, and a count over the plain node tree. */
interface Expected {
  triangles: number;
  materials?: number;
  textures?: number;
  clips?: string[];
  joints?: number[];
  morphs?: number;
  corrections?: string[];
}

const FILES: Record<string, Expected> = {
  blender_279_sausage_7400_binary: {
    triangles: 576,
    clips: ['Skeleton|Base', 'Skeleton|Spin', 'Skeleton|Wiggle'],
    joints: [3],
  },
  blender_293_barbarian_7400_binary: {
    triangles: 3285,
    materials: 27,
    textures: 2,
    clips: ['Armature|idle'],
    joints: [20, 19],
    morphs: 3,
  },
  embedded_ascii_box: { triangles: 12, materials: 1, textures: 1, corrections: ['converted_axes'] },
  max2009_blob_5800_binary: { triangles: 832, clips: ['Take 001'], corrections: ['converted_units'] },
  max_pbr_metal_rough_material_7700_ascii: {
    triangles: 12,
    materials: 1,
    textures: 0,
    corrections: ['converted_units', 'converted_axes', 'missing_texture'],
  },
  max_physical_material_textures_7500_binary: { triangles: 12, materials: 1, textures: 3 },
  maya_blend_shape_cube_7700_binary: { triangles: 12, clips: ['Take 001'], morphs: 2 },
  maya_cube_6100_binary: { triangles: 12, materials: 1 },
  maya_game_sausage_6100_ascii_combined: { triangles: 44, clips: ['wiggle', 'spin', 'deform'], joints: [3] },
  maya_game_sausage_7500_binary_wiggle: { triangles: 44, clips: ['wiggle'], joints: [3] },
  maya_material_chart_7700_ascii: { triangles: 24, materials: 12, textures: 4 },
  maya_ngon_maze_7700_binary: { triangles: 41136, materials: 4 },
  maya_null_pivots_7700_binary: { triangles: 12, clips: ['Take 001'] },
  // 4,880 in the file, of which 3,904 of the body in high detail are hidden.
  maya_slime_7500_binary: { triangles: 976, textures: 1, clips: ['Idle'], joints: [3], corrections: ['hidden_nodes'] },
  synthetic_recursive_connections_7700_ascii: { triangles: 36, clips: ['Take 001'] },
  synthetic_unsafe_cube_7500_binary: { triangles: 12 },
};

function report(model: ImportedModel) {
  return measure(model.document, {
    format: 'fbx',
    generator: model.generator,
    extensionsUsed: [],
    fileBytes: 0,
    glbBytes: 0,
    corrections: model.corrections,
    validation: model.findings,
  });
}

describe.skipIf(!hasCorpus)('importFbx on the corpus', () => {
  it.each(Object.entries(FILES))('%s', async (name, expected) => {
    const model = await importBytes(await corpusFile(`fbx/${name}.fbx`));
    expect(await khronosErrors(model.document)).toEqual([]);
    const measured = report(model);
    expect(measured.triangles).toBe(expected.triangles);
    if (expected.materials !== undefined) expect(measured.materials).toHaveLength(expected.materials);
    if (expected.textures !== undefined) expect(measured.textures).toHaveLength(expected.textures);
    expect(measured.animations.map((animation) => animation.name)).toEqual(expected.clips ?? []);
    expect(measured.skins.map((skin) => skin.joints)).toEqual(expected.joints ?? []);
    expect(measured.morphTargets).toBe(expected.morphs ?? 0);
    const codes = model.corrections.map((correction) => correction.code);
    expect(codes).toEqual(expect.arrayContaining(expected.corrections ?? []));
  });

  it('says that a skeleton alone shows nothing', async () => {
    const { document } = await importBytes(await corpusFile('fbx/maya_human_ik_7400_ascii.fbx'));
    expect(document.getRoot().listNodes()).toHaveLength(154);
    await expect(khronosErrors(document)).rejects.toMatchObject({ code: 'model_empty' });
  });

  it.each([
    ['maya_game_sausage_7500_binary_wiggle', 10],
    ['maya_game_sausage_7500_binary_wiggle', 18],
    ['maya_game_sausage_6100_ascii_combined', 10],
    ['maya_game_sausage_6100_ascii_combined', 18],
  ])('%s has every vertex of the reference at frame %i', async (name, frame) => {
    const { document } = await importBytes(await corpusFile(`fbx/${name}.fbx`));
    const reference = readObjPositions(await corpusFile(`fbx/ref/maya_game_sausage_wiggle_${frame}.obj`));
    // 24 frames a second; the clip of the file begins at frame 1. The reference is in centimetres.
    const posed = poseDocument(document, 0, (frame - 1) / 24).map((metres) => metres * 100);
    expect(furthest(reference, posed)).toBeLessThan(1e-4);
    expect(furthest(posed, reference)).toBeLessThan(1e-4);
  });

  it('takes pivots into account', async () => {
    const { document } = await importBytes(await corpusFile('fbx/maya_null_pivots_7700_binary.fbx'));
    // A cube of 1 cm, scaled to a half along x about the point x = 10 cm.
    const [min, max] = boundsOf(poseDocument(document, null, 0));
    expect(min[0]).toBeCloseTo(0.0475, 6);
    expect(max[0]).toBeCloseTo(0.0525, 6);
    expect(max[1]).toBeCloseTo(0.005, 6);
  });

  it('plays a file of 2008 as its program did', async () => {
    const { document } = await importBytes(await corpusFile('fbx/max2009_blob_5800_binary.fbx'));
    // Corners of the model at frame 18 of 30 a second, as exported from the program.
    const posed = poseDocument(document, 0, 18 / 30).map((metres) => metres * 100);
    const known = [
      -10.5499, 22.8841, 3.0134, -12.2682, 22.7102, 2.4626, 9.9384, -0.9361, 1.9189, 18.868, -14.209, 9.2676,
    ];
    expect(furthest(known, posed)).toBeLessThan(0.05);
  });
});

function readObjPositions(bytes: Uint8Array): number[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line.startsWith('v '))
    .flatMap((line) => line.trim().split(/\s+/).slice(1, 4).map(Number));
}

/** The largest distance of a point of `a` to its nearest of `b`. */
function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < a.length; i += 3) {
    let least = Infinity;
    for (let j = 0; j < b.length; j += 3) {
      least = Math.min(least, Math.hypot(a[i]! - b[j]!, a[i + 1]! - b[j + 1]!, a[i + 2]! - b[j + 2]!));
    }
    most = Math.max(most, least);
  }
  return most;
}
