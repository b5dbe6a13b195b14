// Samples of a pixel, summed in the film.

import { ALPHA_LUMINANCE } from './denoise-light';
import { bufferAt } from './image-buffers';
import { H_FILM, H_FILM_ALBEDO, H_FILM_HALF, H_FILM_NORMAL, H_WIDTH, HEADER } from './layout';
import { albedo, firstNormal, radiance, tracePath } from './path-trace';
import { add, addTo, dot, luminance } from './vec';

/** Takes samples [first, first + count) of pixel (x, y) and adds them to the film. */
export function tracePixel(stack: usize, x: i32, y: i32, first: u32, count: u32): void {
  const pixel = <usize>(y * load<i32>(HEADER + H_WIDTH) + x);
  let sum = f32x4.splat(0), half = f32x4.splat(0), albedos = f32x4.splat(0), normals = f32x4.splat(0);
  let taken = <i32>load<f32>(bufferAt(H_FILM_ALBEDO, pixel), 12);
  for (let i = first; i < first + count; i++) {
    const alpha = tracePath(stack, x, y, i);
    const l = luminance(radiance);
    // A number that is none would spoil the pixel for good: such a sample counts as not taken.
    const finite = abs<f32>(l) < 1e30 && abs<f32>(alpha) < 1e30 && dot(albedo, albedo) < 1e30 && dot(firstNormal, firstNormal) < 1e30;
    if (!finite) continue;
    const value = f32x4.replace_lane(radiance, 3, alpha);
    sum = add(sum, value);
    if (!(taken & 1)) half = add(half, value);
    taken++;
    albedos = add(albedos, f32x4.replace_lane(albedo, 3, 1));
    // Alpha counts as light too: shadows on the ground are nothing else.
    const e = l + abs<f32>(alpha) * ALPHA_LUMINANCE;
    normals = add(normals, f32x4.replace_lane(firstNormal, 3, e * e));
  }
  addTo(bufferAt(H_FILM, pixel), sum);
  addTo(bufferAt(H_FILM_ALBEDO, pixel), albedos);
  addTo(bufferAt(H_FILM_NORMAL, pixel), normals);
  if (load<u32>(HEADER + H_FILM_HALF)) addTo(bufferAt(H_FILM_HALF, pixel), half);
}
