import { expect, it } from 'vitest';
import { TurntableRequest } from '../render/sequence-request.ts';
import { frameChunks, MAX_CHUNKS } from './frame-chunks.ts';

const chunksOf = (options: object) => frameChunks(TurntableRequest.parse({ kind: 'turntable', ...options }));

it.each([
  ['few small frames', { frames: 5, width: 64, height: 64 }, 1],
  ['many small frames', { frames: 480, width: 64, height: 64 }, 10],
  ['frames that take long', { frames: 100, width: 1920, height: 1080, integrator: 'path', samples: 256 }, 100],
  ['the most frames, each of which takes long', { frames: 3600, width: 3840, height: 2160 }, MAX_CHUNKS],
])('%s: chunks follow one another and hold every frame once', (_, options, count) => {
  const chunks = chunksOf(options);
  expect(chunks).toHaveLength(count);
  let next = 0;
  for (const chunk of chunks) {
    expect(chunk.first).toBe(next);
    expect(chunk.count).toBeGreaterThan(0);
    next += chunk.count;
  }
  expect(next).toBe(options.frames);
});
