import { describe, expect, it } from 'vitest';
import { seededRandom } from '#engine/measure/random.ts';
import { encodeFrame, FrameReader, FrameTooLong } from './frames.ts';

describe('frames', () => {
  it.each([1, 2, 3, 4])('survive any way of being cut into pieces (seed %i)', (seed) => {
    const random = seededRandom(seed);
    const messages = Array.from({ length: 200 }, (_, i) => ({
      i,
      text: 'ä€😀x'.repeat(Math.floor(random() ** 4 * 300)),
    }));
    const bytes = Buffer.concat(messages.map(encodeFrame));
    const reader = new FrameReader(10_000);
    const seen: unknown[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = random() < 0.5 ? 1 + Math.floor(random() * 6) : 1 + Math.floor(random() * 3000);
      for (const body of reader.push(bytes.subarray(at, at + size))) seen.push(JSON.parse(body));
      at += size;
    }
    expect(seen).toEqual(messages);
  });

  it('refuse a length above the limit before its bytes come', () => {
    const reader = new FrameReader(1000);
    expect(() => [...reader.push(Buffer.from([0, 0, 4, 0]))]).toThrow(FrameTooLong);
    expect([...new FrameReader(1000).push(encodeFrame('x'.repeat(998)))]).toHaveLength(1);
    expect(() => [...new FrameReader(1000).push(encodeFrame('x'.repeat(999)))]).toThrow(FrameTooLong);
  });
});
