import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Document } from '@gltf-transform/core';
import { KHRLightsPunctual, type Light } from '@gltf-transform/extensions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CORPUS, hasCorpus } from '#test/corpus.ts';
import { Track } from '../../animation/track.ts';
import { buildScene, sceneRecipes } from '../testing/random-scene.ts';
import { expectSameBounds, materialFactors, readCorpus, roundTrip, triangles } from '../testing/round-trip.ts';
import { eulerToQuat, type Quat } from './affine.ts';
import { nearestEuler, quatToEuler, sampleEuler } from './export/euler.ts';
import { PER_METRE } from './export/units.ts';
import { boundsOf, poseDocument } from './testing/pose-document.ts';
import { poseInThree } from './testing/pose-in-three.ts';
import { writeFbx } from './write-fbx.ts';

const TASK = { format: 'fbx' } as const;
const SKINNED = 'gltf/03_skinned_cylinder/03_skinned_cylinder';
const run = promisify(execFile);
const assimp = await run('assimp', ['version']).then(
  () => true,
  () => false,
);
if (!assimp) console.warn('assimp is not here: what it makes of FBX files is not tested.');

describe('writeFbx', () => {
  it('keeps bounds, triangles, materials and animation of any scene', async () => {
    await fc.assert(
      fc.asyncProperty(sceneRecipes, async (recipe) => {
        const trip = await roundTrip(buildScene(recipe), writeFbx, TASK);
        expect(triangles(trip.back)).toBe(triangles(trip.source));
        const bothSided = (factors: string) => factors.replace(/false]$/, 'true]');
        const before = new Set(materialFactors(trip.source).map(bothSided));
        expect(new Set(materialFactors(trip.back))).toEqual(before);
        expectSameBounds(trip, null, 0, 1e-5);
        // Clips that repeat the pose at rest are not read.
        const clips = trip.back.getRoot().listAnimations().length;
        for (const share of clips > 0 ? [0, 0.3, 0.7, 1] : []) expectSameBounds(trip, 0, share, 2e-3);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('gives the same bytes each time and leaves the document as it was', async () => {
    const source = buildScene(fc.sample(sceneRecipes, { seed: 5, numRuns: 1 })[0]!);
    const [a, b] = [await roundTrip(source, writeFbx, TASK), await roundTrip(source, writeFbx, TASK)];
    expect(Buffer.compare(a.exported.files[0].bytes, b.exported.files[0].bytes)).toBe(0);
  });

  it('keeps cameras and lights', async () => {
    const source = buildScene(fc.sample(sceneRecipes, { seed: 5, numRuns: 1 })[0]!);
    const scene = source.getRoot().getDefaultScene()!;
    const camera = source.createCamera('Eye').setType('perspective').setYFov(0.7).setAspectRatio(1.25).setZNear(0.5);
    const light = source.createExtension(KHRLightsPunctual).createLight('Sun').setType('spot').setIntensity(20);
    light.setOuterConeAngle(0.6).setInnerConeAngle(0.3).setColor([1, 0.5, 0.25]);
    const turned: Quat = [0, Math.SQRT1_2, 0, Math.SQRT1_2];
    const eye = source.createNode('Eye').setCamera(camera).setRotation(turned).setTranslation([1, 2, 3]);
    scene.addChild(eye).addChild(source.createNode('Sun').setRotation(turned).setExtension(light.extensionName, light));
    const { back } = await roundTrip(source, writeFbx, TASK);
    const seen = back.getRoot().listCameras()[0]!;
    expect(seen.getYFov()).toBeCloseTo(0.7, 5);
    expect(seen.getAspectRatio()).toBeCloseTo(1.25, 5);
    expect(seen.getZNear()).toBeCloseTo(0.5, 5);
    const lightNode = back
      .getRoot()
      .listNodes()
      .find((node) => node.getExtension('KHR_lights_punctual'))!;
    const shining = lightNode.getExtension<Light>('KHR_lights_punctual')!;
    expect(shining.getIntensity()).toBeCloseTo(20, 3);
    expect(shining.getOuterConeAngle()).toBeCloseTo(0.6, 5);
    for (const [i, value] of [1, 0.5, 0.25].entries()) expect(shining.getColor()[i]).toBeCloseTo(value, 4);
    // Both look along −Z of their node, here −X of the world.
    const cameraNode = back
      .getRoot()
      .listNodes()
      .find((node) => node.getCamera())!;
    for (const node of [lightNode, cameraNode]) {
      const m = node.getWorldMatrix();
      for (const [i, value] of [-1, 0, 0].entries()) expect(-m[8 + i]!).toBeCloseTo(value, 5);
    }
  });
});

describe('sampleEuler', () => {
  it('turns any rotation into angles and back', () => {
    fc.assert(
      fc.property(fc.tuple(angle(), angle(), angle()), fc.tuple(angle(), angle(), angle()), (degrees, near) => {
        const quat = eulerToQuat(degrees);
        expectSameRotation(eulerToQuat(quatToEuler(quat)), quat, 1e-3);
        expectSameRotation(eulerToQuat(nearestEuler(quatToEuler(quat), near)), quat, 1e-3);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('follows arcs within a tenth of a degree', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(angle(), angle(), angle()), { minLength: 2, maxLength: 5 }), (keys) => {
        const times = Float32Array.from(keys, (_, i) => i);
        const track = new Track(times, Float32Array.from(keys.flatMap((key) => eulerToQuat(key))), 'LINEAR', true);
        const sampled = sampleEuler(track, Array.from(times));
        const value = new Float64Array(4);
        for (let i = 0; i + 1 < sampled.times.length; i++) {
          const [from, to] = [sampled.times[i]!, sampled.times[i + 1]!];
          // Closest keys are those beside the poles of the angles, where no number of keys suffices.
          if (to - from < 1 / 400) continue;
          for (const share of [0.1, 0.4, 0.6, 0.9]) {
            track.sample(from + (to - from) * share, value, 0);
            const [a, b] = [sampled.angles[i]!, sampled.angles[i + 1]!];
            const straight = a.map((angle, k) => angle + (b[k]! - angle) * share) as [number, number, number];
            expectSameRotation(eulerToQuat(straight), [...value] as Quat, 0.1);
          }
        }
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});

describe.skipIf(!hasCorpus)('writeFbx on the corpus', () => {
  it.each([
    ['gltf/Knight.glb', []],
    [`${SKINNED}.gltf`, [`${SKINNED}.bin`]],
    ['fbx/blender_293_barbarian_7400_binary.fbx', []],
    ['fbx/maya_blend_shape_cube_7700_binary.fbx', []],
    ['usd/CesiumMan.usdz', []],
  ])('%s: poses here and in three.js, triangles, clips', async (path, others) => {
    const trip = await roundTrip(withFewClips(await readCorpus(path, others)), writeFbx, TASK);
    expect(triangles(trip.back)).toBe(triangles(trip.source));
    expect(trip.back.getRoot().listTextures().length).toBe(trip.source.getRoot().listTextures().length);
    const clips = trip.source.getRoot().listAnimations();
    expect(trip.back.getRoot().listAnimations()).toHaveLength(clips.length);
    const three = await poseInThree(trip.exported.files[0].bytes);
    for (const share of [null, 0, 0.31, 0.77]) {
      const clip = share === null ? null : Math.min(3, clips.length - 1);
      expectSameBounds(trip, clip, share ?? 0, 1e-5);
      expectSame(three, trip.source, clip, share ?? 0);
    }
  });

  it.each([
    ['gltf/01_cs_morph/01_cs_morph', 1],
    ['gltf/03_all_animations/03_all_animations', 3],
  ])('%s: every clip with steps, cubic curves and morph targets', async (path, clips) => {
    const trip = await roundTrip(await readCorpus(`${path}.gltf`, [`${path}.bin`]), writeFbx, TASK);
    for (let clip = 0; clip < clips; clip++)
      for (const share of [0, 0.31, 0.5, 0.77, 1]) expectSameBounds(trip, clip, share, 2e-3);
  });

  it.skipIf(!assimp)('assimp finds the same triangles, clips, textures and bounds', async () => {
    const source = withFewClips(await readCorpus('gltf/Knight.glb'));
    const { exported } = await roundTrip(source, writeFbx, TASK);
    const folder = await mkdtemp(join(tmpdir(), 'maquette-fbx-'));
    try {
      const file = join(folder, 'knight.fbx');
      await writeFile(file, exported.files[0].bytes);
      const [original, written] = await Promise.all([join(CORPUS, 'gltf/Knight.glb'), file].map(readInAssimp));
      expect([written!.animations, written!.materials, written!.textures]).toEqual([CLIPS, 1, 1]);
      expect([written!.meshes, written!.faces]).toEqual([original!.meshes, original!.faces]);
      for (const [i, value] of original!.bounds.entries())
        expect(Math.abs(written!.bounds[i]! / PER_METRE - value)).toBeLessThan(1e-3);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('keeps texture transforms, and metalness and roughness as images of their own', async () => {
    const path = 'gltf/09_texture_transform/09_texture_transform';
    const image = 'gltf/09_texture_transform/09_tiny_grid.png';
    const { source, back } = await roundTrip(await readCorpus(`${path}.gltf`, [`${path}.bin`, image]), writeFbx, TASK);
    const [before, after] = [source, back].map((document) => {
      const info = document.getRoot().listMaterials()[0]!.getBaseColorTextureInfo()!;
      const transform = info.getExtension('KHR_texture_transform') as unknown as {
        getOffset(): number[];
        getRotation(): number;
        getScale(): number[];
      };
      return [...transform.getOffset(), transform.getRotation(), ...transform.getScale()];
    });
    for (const [i, value] of before!.entries()) expect(after![i]).toBeCloseTo(value, 5);
    expect(back.getRoot().listMaterials()[0]!.getMetallicRoughnessTexture()).not.toBeNull();
  });
});

/** Clips that are kept of a model: each takes its time in every program. */
const CLIPS = 4;

function withFewClips(document: Document): Document {
  for (const animation of document.getRoot().listAnimations().slice(CLIPS)) animation.dispose();
  return document;
}

async function readInAssimp(file: string) {
  const { stdout } = await run('assimp', ['info', file]);
  const count = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(stdout)?.[1]);
  const point = (name: string) =>
    new RegExp(`^${name} point\\s+\\((.*)\\)`, 'm').exec(stdout)![1]!.trim().split(/\s+/).map(Number);
  return {
    animations: count('Animations'),
    materials: count('Materials'),
    textures: Number(/^Textures \(embed\.\):\s+(\d+)/m.exec(stdout)?.[1]),
    meshes: count('Meshes'),
    faces: count('Faces'),
    bounds: [...point('Minimum'), ...point('Maximum')],
  };
}

type Three = Awaited<ReturnType<typeof poseInThree>>;

function expectSame(three: Three, source: Document, clip: number | null, share: number): void {
  const animation = clip === null ? null : source.getRoot().listAnimations()[clip]!;
  const last = animation?.listSamplers().map((sampler) => sampler.getInput()!.getArray()!.at(-1)!) ?? [0];
  const time = Math.max(...last) * share;
  const here = boundsOf(poseDocument(source, clip, time));
  const there = boundsOf(three(animation?.getName() ?? null, time));
  const diagonal = Math.hypot(...here[1].map((value, i) => value - here[0][i]!));
  for (const side of [0, 1] as const)
    for (const [i, value] of here[side].entries())
      expect(Math.abs(value - there[side][i]! / PER_METRE) / diagonal).toBeLessThan(1e-5);
}

function angle() {
  return fc.double({ min: -180, max: 180, noNaN: true });
}

function expectSameRotation(a: Quat, b: Quat, degrees: number): void {
  const dot = Math.min(1, Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]));
  expect((2 * Math.acos(dot) * 180) / Math.PI).toBeLessThan(degrees);
}
