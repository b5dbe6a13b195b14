import { expect, test } from 'vitest';
import type { ModelFacts } from '#contracts/model/model-report.ts';
import { ImageRequest } from '#contracts/render/image-request.ts';
import { SequenceRequest } from '#contracts/render/sequence-request.ts';
import { estimateImage } from './estimate-image.ts';
import { estimateTask } from './estimate-task.ts';

const facts: ModelFacts = {
  ...{ triangles: 1000, vertices: 600, points: 0, splats: 0, lines: 0, drawCalls: 1, lights: 0, glbBytes: 40_000 },
  ...{ textures: [], animations: [{ name: 'go', seconds: 2, channels: 1 }], variants: [] },
};
const worker = { memoryBytes: 2 ** 31, threads: 2 };

test('motion blur is estimated with all its moments, and with the memory of their sum', () => {
  const size = { width: 400, height: 300 };
  const sharp = estimateImage(facts, ImageRequest.parse({ ...size, time: 0 }), worker, 1);
  const blurred = estimateImage(facts, ImageRequest.parse({ ...size, time: 0, shutter: 0.5 }), worker, 1);
  expect(blurred.rays).toBe(sharp.rays * 12);
  expect(blurred.parts['motion blur']).toBe(400 * 300 * 20);
  expect(blurred.peakBytes).toBe(sharp.peakBytes + 400 * 300 * 20);
  expect(blurred.seconds).toBeGreaterThan(sharp.seconds * 3);
});

test('a clip without a name is estimated as one that moves', () => {
  const clip = { kind: 'animation', width: 400, height: 300, start: 0, end: 2, fps: 10 } as const;
  const sharp = estimateTask(facts, SequenceRequest.parse(clip), worker, 1, 0).whole;
  const blurred = estimateTask(facts, SequenceRequest.parse({ ...clip, shutter: 0.5 }), worker, 1, 0).whole;
  expect(blurred.rays).toBe(sharp.rays * 12);
});
