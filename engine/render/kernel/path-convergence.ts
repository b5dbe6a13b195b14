// Which pixels have noise enough left to go on. Decided between passes, from complete passes only, so that it depends
// on neither threads nor their order.

import { bufferAt } from './image-buffers';
import {
  H_EXPOSURE, H_FILM, H_FILM_ALBEDO, H_FILM_NORMAL, H_HEIGHT, H_PATH_ACTIVE, H_PATH_THRESHOLD, H_WIDTH, HEADER,
} from './layout';
import { luminance, W } from './vec';

/** Light below which errors count by themselves and no longer in proportion: as dark as a display can still show. */
const DARK: f32 = 0.06;
/** Pixels to each side whose error counts too: a lucky pixel among noisy ones has only not met its noise yet. */
const AROUND: i32 = 2;

/** Relative standard error of a pixel's mean. */
function errorOf(pixel: usize): f32 {
  const n = load<f32>(bufferAt(H_FILM_ALBEDO, pixel), 12);
  // Pixels are judged after more samples than that: all others were no numbers, and so would be those that follow.
  if (n < 2) return 0;
  const sum = v128.load(bufferAt(H_FILM, pixel));
  const exposure = load<f32>(HEADER + H_EXPOSURE);
  const mean = (luminance(sum) + abs<f32>(W(sum)) * <f32>0.25) / n;
  const square = load<f32>(bufferAt(H_FILM_NORMAL, pixel), 12) / n;
  const variance = max<f32>(square - mean * mean, 0) / (n - 1);
  return sqrt<f32>(variance) / (mean + DARK / exposure);
}

/** Decides for row `y`; returns the number of pixels that go on. */
export function measureConvergence(y: i32): i32 {
  const width = load<i32>(HEADER + H_WIDTH), height = load<i32>(HEADER + H_HEIGHT);
  const active = <usize>load<u32>(HEADER + H_PATH_ACTIVE) + <usize>(y * width);
  const threshold = load<f32>(HEADER + H_PATH_THRESHOLD);
  const y0 = max(y - AROUND, 0), y1 = min(y + AROUND, height - 1);
  let count = 0;
  for (let x = 0; x < width; x++) {
    let error: f32 = 0;
    if (threshold > 0) {
      const x0 = max(x - AROUND, 0), x1 = min(x + AROUND, width - 1);
      for (let v = y0; v <= y1; v++) {
        for (let u = x0; u <= x1; u++) error += min<f32>(errorOf(<usize>(v * width + u)), 1e6);
      }
      error /= <f32>((y1 - y0 + 1) * (x1 - x0 + 1));
    } else error = Infinity;
    const on = error > threshold;
    store<u8>(active + x, on ? 1 : 0);
    if (on) count++;
  }
  return count;
}
