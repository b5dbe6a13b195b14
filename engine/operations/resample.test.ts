import type { AnimationSampler, Document } from '@gltf-transform/core';
import { describe, expect, it } from 'vitest';
import { corpusFile, hasCorpus } from '#test/corpus.ts';
import { Track } from '../animation/track.ts';
import { seededRandom } from '../measure/random.ts';
import { readModel } from '../process/read-model.ts';
import { floatValues } from './float-values.ts';
import { apply, LIMITS } from './testing/run.ts';
import { documentOf, plate } from './testing/shapes.ts';

type Path = 'translation' | 'rotation' | 'scale' | 'weights';

/** A document whose one node moves as the values say. */
function moving(path: Path, values: number[][], interpolation: 'LINEAR' | 'STEP' | 'CUBICSPLINE' = 'LINEAR') {
  const document = documentOf(plate(1, 1));
  const root = document.getRoot();
  const type = path === 'rotation' ? 'VEC4' : path === 'weights' ? 'SCALAR' : 'VEC3';
  const keys = interpolation === 'CUBICSPLINE' ? values.length / 3 : values.length;
  const sampler = document
    .createAnimationSampler()
    .setInterpolation(interpolation)
    .setInput(document.createAccessor().setArray(Float32Array.from({ length: keys }, (_, i) => i / 30)))
    .setOutput(document.createAccessor().setType(type).setArray(new Float32Array(values.flat())));
  const channel = document.createAnimationChannel().setSampler(sampler).setTargetNode(root.listNodes()[0]!);
  document.createAnimation('clip').addSampler(sampler).addChannel(channel.setTargetPath(path));
  return { document, sampler };
}

function trackOf(sampler: AnimationSampler, rotation: boolean): Track {
  const input = sampler.getInput()!;
  const output = sampler.getOutput()!;
  const values = floatValues(output, output.getElementSize());
  return new Track(floatValues(input, 1), values, sampler.getInterpolation(), rotation);
}

/** In degrees, of unit quaternions. */
function angle(a: readonly number[], b: readonly number[]): number {
  const dot = Math.abs(a.reduce((sum, value, i) => sum + value * b[i]!, 0));
  const [p, q] = [Math.hypot(...a), Math.hypot(...b)];
  return (2 * Math.acos(Math.min(1, dot / (p * q))) * 180) / Math.PI;
}

const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((value, i) => value - b[i]!));

/** The largest difference at random times. */
function worst(before: Track, after: Track, off: typeof distance): number {
  const random = seededRandom(7);
  let most = 0;
  for (let i = 0; i < 2000; i++) {
    const time = random() * before.end;
    const [a, b] = [before, after].map((track) => {
      const out = new Float64Array(track.size);
      track.sample(time, out, 0);
      return [...out];
    });
    most = Math.max(most, off(a!, b!));
  }
  return most;
}

describe('resampling', () => {
  it('keeps positions within the tolerance at any time, and the length', async () => {
    const random = seededRandom(3);
    const path = Array.from({ length: 600 }, (_, i) => [Math.sin(i / 40), i / 100, random() * 0.0005]);
    for (const translation of [0.0001, 0.001, 0.05]) {
      const { document, sampler } = moving('translation', path);
      const before = trackOf(sampler, false);
      const notes = await apply(document, { type: 'resample', translation });
      const after = trackOf(sampler, false);
      expect(after.times.length).toBeLessThan(translation === 0.0001 ? 600 : 300);
      expect(after.end).toBe(before.end);
      expect(worst(before, after, distance)).toBeLessThanOrEqual(translation * 1.0001);
      expect(notes).toEqual([`600 keys became ${after.times.length}.`]);
    }
  });

  it('keeps rotations within degrees, also where signs turn over', async () => {
    const turns = Array.from({ length: 400 }, (_, i) => {
      const half = i / 50 + Math.sin(i / 20) / 10;
      const sign = i % 3 === 0 ? -1 : 1;
      return [0, Math.sin(half) * sign, 0, Math.cos(half) * sign];
    });
    for (const rotation of [0.02, 1]) {
      const { document, sampler } = moving('rotation', turns);
      const before = trackOf(sampler, true);
      await apply(document, { type: 'resample', rotation });
      const after = trackOf(sampler, true);
      expect(after.times.length).toBeLessThan(rotation === 1 ? 40 : 350);
      // Single precision, and what lies between the keys.
      expect(worst(before, after, angle)).toBeLessThan(rotation * 1.02 + 0.05);
    }
  });

  it('leaves two keys of what stands still, and every step that counts', async () => {
    const still = moving(
      'scale',
      Array.from({ length: 50 }, () => [1, 1, 1]),
    );
    await apply(still.document, { type: 'resample' });
    expect(still.sampler.getInput()!.getCount()).toBe(2);
    const steps = moving(
      'translation',
      [
        [0, 0, 0],
        [0, 0, 0],
        [1, 0, 0],
        [1, 0, 0],
        [1, 0, 0],
        [0, 0, 0],
      ],
      'STEP',
    );
    await apply(steps.document, { type: 'resample' });
    expect([...steps.sampler.getInput()!.getArray()!].map((time) => Math.round(time * 30))).toEqual([0, 2, 5]);
  });

  it('leaves cubic splines alone and says so', async () => {
    const { document, sampler } = moving('translation', new Array(30).fill([0, 0, 0]), 'CUBICSPLINE');
    expect(await apply(document, { type: 'resample' })).toEqual([
      '10 keys became 10.',
      '1 cubic spline stayed as they are.',
    ]);
    expect(sampler.getInput()!.getCount()).toBe(10);
  });

  it('holds equal times of many curves once', async () => {
    const { document } = moving('translation', new Array(20).fill([1, 2, 3]));
    const animation = document.getRoot().listAnimations()[0]!;
    const first = animation.listSamplers()[0]!;
    const second = document.createAnimationSampler().setInput(first.getInput()).setOutput(first.getOutput()!.clone());
    const node = document.getRoot().listNodes()[0]!;
    animation
      .addSampler(second)
      .addChannel(document.createAnimationChannel().setSampler(second).setTargetNode(node).setTargetPath('scale'));
    await apply(document, { type: 'resample' });
    expect(second.getInput()).toBe(first.getInput());
  });

  it.skipIf(!hasCorpus)('takes most keys of a real character, whose curves stay where they were', async () => {
    const bytes = await corpusFile('gltf/character.glb');
    const read = async (): Promise<Document> => (await readModel([{ name: 'c.glb', bytes }], LIMITS)).document;
    const [source, made] = [await read(), await read()];
    const keysOf = (document: Document) =>
      document
        .getRoot()
        .listAnimations()
        .flatMap((clip) => clip.listSamplers());
    const paths = source
      .getRoot()
      .listAnimations()
      .flatMap((clip) =>
        clip.listSamplers().map((sampler) =>
          clip
            .listChannels()
            .find((c) => c.getSampler() === sampler)
            ?.getTargetPath(),
        ),
      );
    await apply(made, { type: 'resample', translation: 0.001, rotation: 0.1 });
    const [before, after] = [keysOf(source), keysOf(made)];
    const sum = (all: AnimationSampler[]) => all.reduce((total, s) => total + s.getInput()!.getCount(), 0);
    expect(sum(after)).toBeLessThan(sum(before));
    for (const [index, sampler] of before.entries()) {
      const path = paths[index];
      if (sampler.getInterpolation() !== 'LINEAR' || (path !== 'rotation' && path !== 'translation')) continue;
      const turns = path === 'rotation';
      const [a, b] = [trackOf(sampler, turns), trackOf(after[index]!, turns)];
      expect(worst(a, b, turns ? angle : distance)).toBeLessThan(turns ? 0.2 : 0.0011);
    }
  });
});
