import { describe, expect, test } from 'vitest';
import { ImageRequest } from './image-request.ts';
import { allSamplesOf, checkImageRequest, imageProblems, momentCountOf } from './image-rules.ts';
import { SequenceRequest } from './sequence-request.ts';
import { checkSequenceRequest, frameSamplesOf } from './sequence-rules.ts';

describe('a camera that is placed', () => {
  test.each([
    ['at its target', { position: [1, 2, 3], target: [1, 2, 3] }],
    ['with its up along the view', { position: [0, 5, 0], target: [0, 0, 0] }],
    ['with an up of no length', { position: [0, 0, 5], target: [0, 0, 0], up: [0, 0, 0] }],
  ])('%s looks nowhere: refused before it is queued', (_, camera) => {
    const problems = imageProblems(ImageRequest.parse({ camera }));
    expect(problems).toMatchObject([{ pointer: '/camera', message: expect.stringContaining('stands at its target') }]);
  });

  test('anywhere else is possible, straight down with another up too', () => {
    expect(imageProblems(ImageRequest.parse({ camera: { position: [2, 1, 3] } }))).toEqual([]);
    const down = { position: [0, 5, 0], target: [0, 0, 0], up: [0, 0, -1] };
    expect(imageProblems(ImageRequest.parse({ camera: down }))).toEqual([]);
  });
});

describe('motion blur', () => {
  test('counts with all its moments', () => {
    const still = ImageRequest.parse({ shutter: 0.5 });
    expect([momentCountOf(still), allSamplesOf(still)]).toEqual([1, 8]);
    const moving = ImageRequest.parse({ shutter: 0.5, time: 0 });
    expect([momentCountOf(moving), allSamplesOf(moving)]).toEqual([12, 96]);
    // The moments of `path` share its samples, and have one at least.
    const path = { shutter: 0.5, animation: 'a', integrator: 'path' };
    expect(allSamplesOf(ImageRequest.parse(path))).toBe(128);
    expect(allSamplesOf(ImageRequest.parse({ ...path, samples: 3 }))).toBe(16);
  });

  test('is refused where it makes an image or a sequence too large, with samples that fit', () => {
    const large = { width: 8192, height: 8192 };
    expect(() => checkImageRequest(ImageRequest.parse(large))).not.toThrow();
    const blurred = ImageRequest.parse({ ...large, shutter: 0.5, time: 1 });
    expect(() => checkImageRequest(blurred)).toThrow(/96 samples/);
    const clip = { kind: 'animation', width: 3840, height: 2160, start: 0, end: 120, fps: 30 };
    expect(() => checkSequenceRequest(SequenceRequest.parse(clip))).not.toThrow();
    expect(frameSamplesOf(SequenceRequest.parse({ ...clip, shutter: 0.5 }))).toBe(3840 * 2160 * 96);
    expect(() => checkSequenceRequest(SequenceRequest.parse({ ...clip, shutter: 0.5 }))).toThrow(/limit/);
  });

  test('is no part of datasets, whose depth is that of a moment', () => {
    expect(SequenceRequest.parse({ kind: 'dataset', shutter: 0.5, time: 1 })).not.toHaveProperty('shutter');
  });
});
