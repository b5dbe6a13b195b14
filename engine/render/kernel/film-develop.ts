// From the film to the picture.

import { backdrop } from './backdrop';
import { denoisedRadiance } from './denoise-prepare';
import { bufferAt } from './image-buffers';
import {
  BACKGROUND_ENVIRONMENT, H_BACKGROUND, H_BACKGROUND_MODE, H_DENOISED, H_DEVELOP_LINEAR, H_EXPOSURE, H_FILM,
  H_FILM_ALBEDO, H_HEIGHT, H_PIXELS, H_WIDTH, HEADER, TILE,
} from './layout';
import { displayPixel, representable, toneMapped, toPictureSpace } from './tonemap';
import { add, madd, saturate, scale, smallest, sub, W } from './vec';

/** Mean of a pixel's samples, denoised where it is: radiance, premultiplied, and alpha. */
// @ts-ignore: decorator
@inline
function meanRadiance(pixel: usize): v128 {
  if (load<u32>(HEADER + H_DENOISED)) return denoisedRadiance(pixel);
  const sum = v128.load(bufferAt(H_FILM, pixel));
  const features = <usize>load<u32>(HEADER + H_FILM_ALBEDO);
  if (!features) return sum;
  const samples = load<f32>(features + (pixel << 4), 12);
  return samples > 0 ? scale(sum, <f32>1 / samples) : f32x4.splat(0);
}

/** The share of the background that tinted glass takes, where it takes more of a channel than alpha says: not above 0. */
// @ts-ignore: decorator
@inline
function takenFrom(exposed: v128): v128 {
  return toPictureSpace(f32x4.replace_lane(f32x4.pmin(f32x4.splat(0), exposed), 3, 0));
}

/**
 * Develops a tile: exposure, tone mapping of what covers the pixel, then the background: a display colour, which
 * is not tone-mapped, or the environment, which is. Linear pictures are exposed and have their background, and are not tone-mapped.
 */
export function developTile(x0: i32, y0: i32): void {
  const width = load<i32>(HEADER + H_WIDTH);
  const x1 = min(x0 + TILE, width), y1 = min(y0 + TILE, load<i32>(HEADER + H_HEIGHT));
  const linear = load<i32>(HEADER + H_DEVELOP_LINEAR) != 0;
  const film = <usize>load<u32>(HEADER + H_FILM), pixels = <usize>load<u32>(HEADER + H_PIXELS);
  const mode = load<i32>(HEADER + H_BACKGROUND_MODE);
  const coloured = mode != 0, surroundings = mode == BACKGROUND_ENVIRONMENT;
  let background = v128.load(HEADER + H_BACKGROUND);
  const exposure = load<f32>(HEADER + H_EXPOSURE);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const pixel = <usize>(y * width + x);
      const mean = meanRadiance(pixel);
      let alpha = saturate(W(mean));
      const exposed = scale(mean, exposure), taken = takenFrom(exposed);
      if (surroundings && alpha < 1) {
        background = scale(backdrop(<f32>x + <f32>0.5, <f32>y + <f32>0.5), exposure);
        background = linear ? toPictureSpace(representable(background)) : toneMapped(background);
      }
      if (linear) {
        let c = add(toPictureSpace(representable(exposed)), taken);
        if (coloured) c = madd(c, background, 1 - alpha);
        else {
          // Before white it looks the same.
          const least = smallest(taken);
          c = sub(c, f32x4.splat(least));
          alpha = saturate(alpha - least);
        }
        v128.store(film + (pixel << 4), f32x4.replace_lane(c, 3, coloured ? <f32>1 : alpha));
        continue;
      }
      let c = alpha > 0 ? toneMapped(scale(mean, exposure / alpha)) : f32x4.splat(0);
      if (coloured) c = madd(add(scale(c, alpha), taken), background, 1 - alpha);
      else {
        const least = smallest(taken);
        if (least < 0) {
          c = sub(add(scale(c, alpha), taken), f32x4.splat(least));
          alpha = saturate(alpha - least);
          c = scale(c, <f32>1 / alpha);
        }
      }
      store<u32>(pixels + (pixel << 2), displayPixel(c, coloured ? <f32>1 : alpha));
    }
  }
}
