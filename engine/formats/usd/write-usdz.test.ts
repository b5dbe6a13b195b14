import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkImport } from '#test/check-import.ts';
import { hasCorpus } from '#test/corpus.ts';
import { selectClip } from '../../animation/clip.ts';
import { Corrections } from '../corrections.ts';
import { buildScene, sceneRecipes } from '../testing/random-scene.ts';
import {
  clipSeconds,
  expectSameBounds,
  materialFactors,
  readCorpus,
  roundTrip,
  triangles,
} from '../testing/round-trip.ts';
import { readZipDirectory } from '../zip/zip-directory.ts';
import { writeCrate } from './crate/write-crate.ts';
import { buildStage } from './export/build-stage.ts';
import { StageTime } from './export/stage-time.ts';
import { importUsd } from './import-usd.ts';
import { writeUsda } from './testing/write-usda.ts';
import type { UsdAttribute, UsdPrim } from './usd-layer.ts';
import { writeUsdz } from './write-usdz.ts';

const NO_IMAGES = { paths: new Map(), withAlpha: new Set<never>() };
const TASK = { format: 'usdz' } as const;
const SKINNED = 'gltf/03_skinned_cylinder/03_skinned_cylinder';
const MORPH = 'gltf/01_cs_morph/01_cs_morph';

describe('writeUsdz', () => {
  it('keeps bounds, triangles, materials and animation of any scene', async () => {
    await fc.assert(
      fc.asyncProperty(sceneRecipes, async (recipe) => {
        const trip = await roundTrip(buildScene(recipe), writeUsdz, TASK);
        expect(triangles(trip.back)).toBe(triangles(trip.source));
        expect(materialFactors(trip.back)).toEqual(materialFactors(trip.source));
        expectSameBounds(trip, null, 0, 1e-5);
        const clips = trip.source.getRoot().listAnimations().length;
        expect(trip.back.getRoot().listAnimations()).toHaveLength(clips);
        for (const share of clips > 0 ? [0, 0.3, 0.7, 1] : []) expectSameBounds(trip, 0, share, 1e-5);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('stores every file at a multiple of 64 bytes, uncompressed, the layer first', async () => {
    const { exported } = await roundTrip(buildScene(recipeOf(3)), writeUsdz, TASK);
    const { bytes } = exported.files[0];
    const entries = readZipDirectory(bytes, 'a.usdz', 100, () => new Error('too many'));
    expect(entries[0]!.name).toBe('model.usdc');
    const view = new DataView(bytes.buffer);
    for (const { method, offset, size } of entries) {
      const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
      expect([method, start % 64]).toEqual([0, 0]);
      expect(start + size).toBeLessThanOrEqual(bytes.length);
    }
  });

  it('gives the same bytes each time', async () => {
    const [a, b] = await Promise.all(
      [1, 2].map(async () => (await roundTrip(buildScene(recipeOf(5)), writeUsdz, TASK)).exported.files[0].bytes),
    );
    expect(Buffer.compare(a!, b!)).toBe(0);
  });

  it('refuses an animation that is not there', async () => {
    const options = { ...TASK, animation: 'Dance' };
    await expect(roundTrip(buildScene(recipeOf(3)), writeUsdz, options)).rejects.toThrow(/Dance/);
  });
});

describe('writeCrate', () => {
  it('says the same as the text form', async () => {
    await fc.assert(
      fc.asyncProperty(sceneRecipes, async (recipe) => {
        const document = buildScene(recipe);
        const { layer } = buildStage(document, 'model', 1, NO_IMAGES, null, new Corrections());
        const text = await checkImport(importUsd, {
          name: 'a.usda',
          bytes: new TextEncoder().encode(writeUsda(layer)),
        });
        const crate = await checkImport(importUsd, { name: 'a.usdc', bytes: writeCrate(layer) });
        expect(crate.report.triangles).toBe(text.report.triangles);
        for (const side of ['min', 'max'] as const)
          for (const [i, value] of crate.report.bounds![side].entries())
            expect(value).toBeCloseTo(text.report.bounds![side][i]!, 4);
        expect(materialFactors(crate.document)).toEqual(materialFactors(text.document));
      }),
      { seed: 8, numRuns: 20 },
    );
  });
});

describe.skipIf(!hasCorpus)('writeUsdz on the corpus', () => {
  it.each([
    ['gltf/Knight.glb', []],
    [`${SKINNED}.gltf`, [`${SKINNED}.bin`]],
    ['fbx/blender_293_barbarian_7400_binary.fbx', []],
    ['usd/CesiumMan.usdz', []],
    ['usd/AnimatedCube.usdz', []],
  ])('%s: poses, triangles and textures', async (path, others) => {
    const trip = await roundTrip(await readCorpus(path, others), writeUsdz, TASK);
    expect(triangles(trip.back)).toBe(triangles(trip.source));
    expect(trip.back.getRoot().listTextures().length).toBe(trip.source.getRoot().listTextures().length);
    expect(clipSeconds(trip.back, 0)).toBeCloseTo(clipSeconds(trip.source, 0), 3);
    expectSameBounds(trip, null, 0, 1e-6);
    for (const share of [0, 0.31, 0.77, 1]) expectSameBounds(trip, 0, share, 1e-6);
  });

  it.each([
    [`${MORPH}.gltf`, [`${MORPH}.bin`], 2e-3],
    ['gltf/03_all_animations/03_all_animations.gltf', ['gltf/03_all_animations/03_all_animations.bin'], 2e-3],
    ['fbx/maya_blend_shape_cube_7700_binary.fbx', [], 1e-6],
  ])('%s: morph targets, steps and cubic curves', async (path, others, tolerance) => {
    const trip = await roundTrip(await readCorpus(path, others), writeUsdz, TASK);
    expectSameBounds(trip, null, 0, 1e-6);
    for (const share of [0, 0.31, 0.5, 0.77, 1]) expectSameBounds(trip, 0, share, tolerance);
  });

  it('keeps texture transforms, turned ones too', async () => {
    const path = 'gltf/09_texture_transform/09_texture_transform';
    const image = 'gltf/09_texture_transform/09_tiny_grid.png';
    const { source, back } = await roundTrip(await readCorpus(`${path}.gltf`, [`${path}.bin`, image]), writeUsdz, TASK);
    const [before, after] = [source, back].map((document) => {
      const info = document.getRoot().listMaterials()[0]!.getBaseColorTextureInfo()!;
      const transform = info.getExtension('KHR_texture_transform') as unknown as {
        getOffset(): number[];
        getRotation(): number;
        getScale(): number[];
      };
      return [...transform.getOffset(), transform.getRotation(), ...transform.getScale()];
    });
    expect(before![2]).not.toBe(0);
    for (const [i, value] of before!.entries()) expect(after![i]).toBeCloseTo(value, 5);
  });

  it('writes morph targets as blend shapes whose weights move', async () => {
    const document = await readCorpus(`${MORPH}.gltf`, [`${MORPH}.bin`]);
    const clip = selectClip(document, undefined);
    const { layer } = buildStage(document, 'model', 1, NO_IMAGES, new StageTime(clip), new Corrections());
    const prims = listPrims(layer.root);
    const shape = prims.find(({ type }) => type === 'BlendShape')!;
    const target = document.getRoot().listMeshes()[0]!.listPrimitives()[0]!.listTargets()[0]!;
    expect(attributeOf(shape, 'offsets').value).toEqual(target.getAttribute('POSITION')!.getArray());
    const weights = attributeOf(prims.find(({ type }) => type === 'SkelAnimation')!, 'blendShapeWeights').samples!;
    expect(weights.times.at(-1)! / layer.time!.perSecond).toBeCloseTo(clip.seconds, 3);
    const expected = new Float64Array(1);
    for (const [i, code] of weights.times.entries()) {
      clip.nodes[0]!.track.sample(code / layer.time!.perSecond, expected, 0);
      expect((weights.values[i] as ArrayLike<number>)[0]).toBeCloseTo(expected[0]!, 4);
    }
    expect(Math.max(...weights.values.map((value) => (value as ArrayLike<number>)[0]!))).toBeGreaterThan(0.5);
  });

  it('says what it leaves out', async () => {
    const { exported } = await roundTrip(await readCorpus('gltf/Knight.glb'), writeUsdz, TASK);
    expect(exported.warnings).toEqual([
      { code: 'lost_animations', message: expect.stringMatching(/^Of 76 animations/) },
    ]);
  });
});

function recipeOf(seed: number) {
  return fc.sample(sceneRecipes, { seed, numRuns: 1 })[0]!;
}

function listPrims(prim: UsdPrim): UsdPrim[] {
  return [prim, ...prim.children.flatMap(listPrims)];
}

function attributeOf(prim: UsdPrim, name: string): UsdAttribute {
  return prim.properties.find((property) => property.name === name) as UsdAttribute;
}
