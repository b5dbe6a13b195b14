import { describe, expect, it } from 'vitest';
import { encoderBytes, refuseLargeEncoder } from './encoder-memory.ts';

const MIB = 2 ** 20;
/** What two thirds of the default memory of a render process are. */
const LIMIT = 1433 * MIB;
const choice = (
  format: 'mp4' | 'webm' | 'mov' | 'gif' | 'webp' | 'zip',
  width: number,
  height: number,
  codec: 'vp9' | 'av1' = 'vp9',
) => ({ format, codec, quality: 85, background: '#ffffff', width, height }) as const;

describe('the memory of encoders', () => {
  // Peak of the process less what it held before, by `VmHWM`, with 60, 60 and 12 frames.
  it.each([
    ['x264 at 1920 × 1080', choice('mp4', 1920, 1080), 464],
    ['x264 at 3840 × 2160', choice('mp4', 3840, 2160), 855],
    ['x264 at 8192 × 8192', choice('mp4', 8192, 8192), 3261],
    ['VP9 at 1920 × 1080', choice('webm', 1920, 1080), 420],
    ['VP9 at 3840 × 2160', choice('webm', 3840, 2160), 889],
    ['VP9 at 8192 × 8192', choice('webm', 8192, 8192), 5442],
    ['AV1 at 1920 × 1080', choice('webm', 1920, 1080, 'av1'), 645],
    ['AV1 at 3840 × 2160', choice('webm', 3840, 2160, 'av1'), 1373],
    ['GIF at 1920 × 1080', choice('gif', 1920, 1080), 148],
    ['WebP at 1920 × 1080', choice('webp', 1920, 1080), 146],
  ])('%s: the estimate is what was measured, and not much more', (_, encoding, measured) => {
    const estimate = encoderBytes(encoding) / MIB;
    expect(estimate).toBeGreaterThan(0.97 * measured);
    expect(estimate).toBeLessThan(1.45 * measured);
  });

  it('suffices for UHD in every format at the default limit, and for no more than that in most', () => {
    for (const format of ['mp4', 'webm', 'mov', 'gif', 'webp', 'zip'] as const) {
      expect(() => refuseLargeEncoder(choice(format, 3840, 2160), LIMIT)).not.toThrow();
    }
    expect(() => refuseLargeEncoder(choice('webm', 3840, 2160, 'av1'), LIMIT)).not.toThrow();
    expect(() => refuseLargeEncoder(choice('zip', 8192, 8192), LIMIT)).not.toThrow();
    expect(() => refuseLargeEncoder(choice('mp4', 8192, 8192), LIMIT)).toThrow(/MiB/);
  });
});
