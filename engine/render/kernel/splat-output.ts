// What splats of a tile do to the picture and to its passes.

import { wantedAt } from './image-buffers';
import {
  H_FILM_SPLATS, H_MODEL_UNIT, H_PASS_ALBEDO, H_PASS_MATERIAL, H_PASS_NORMAL, H_PASS_OBJECT, H_PASS_SURFACE, H_PIXELS, H_WIDTH,
  HEADER, ID_PASS_BYTES, ID_RANKS, TILE,
} from './layout';
import { add, madd, scale, vec3, W } from './vec';

// Per pixel of a tile, in scratch memory: for splats before and behind the surface light that passes and three channels,
// each 256 numbers; and the depth at which those before it stop half of the light.
export const FRONT: usize = 5632;
export const BEHIND: usize = 9728;
export const PLANE: usize = 1024;
export const SPLAT_DEPTHS: usize = 0;

/** Linear light of a value as displays show it. */
export function decoded(c: f32): f32 {
  return c <= <f32>0.04045 ? c * <f32>(1.0 / 12.92) : Mathf.pow((c + <f32>0.055) * <f32>(1.0 / 1.055), 2.4);
}

// @ts-ignore: decorator
@inline
function byte(v: f32): u32 {
  return <u32>(min<f32>(max<f32>(v, 0), 1) * 255 + <f32>0.5);
}

/** Puts splats over and under a pixel of the picture, which is not premultiplied. */
function layOverPixel(pixel: usize, f: usize, b: usize): void {
  const q: f32 = 1.0 / 255.0;
  const alpha = <f32>load<u8>(pixel, 3) * q, through = load<f32>(f), rest = through * (1 - alpha);
  const own = through * alpha * q;
  const red = load<f32>(f, PLANE) + own * <f32>load<u8>(pixel) + rest * load<f32>(b, PLANE);
  const green = load<f32>(f, PLANE * 2) + own * <f32>load<u8>(pixel, 1) + rest * load<f32>(b, PLANE * 2);
  const blue = load<f32>(f, PLANE * 3) + own * <f32>load<u8>(pixel, 2) + rest * load<f32>(b, PLANE * 3);
  const whole = <f32>1 - rest * load<f32>(b);
  const k = whole > 0 ? <f32>1 / whole : 0;
  store<u32>(pixel, byte(red * k) | (byte(green * k) << 8) | (byte(blue * k) << 16) | (byte(whole) << 24));
}

/** Linear light of the splats at `at`, which were laid over one another as displays do; premultiplied, with their coverage. */
function linearLayer(at: usize): v128 {
  const covered = <f32>1 - load<f32>(at);
  if (!(covered > 0)) return f32x4.splat(0);
  const k = <f32>1 / covered;
  const light = vec3(decoded(load<f32>(at, PLANE) * k), decoded(load<f32>(at, PLANE * 2) * k), decoded(load<f32>(at, PLANE * 3) * k));
  return f32x4.replace_lane(scale(light, covered), 3, covered);
}

/** Puts splats over and under a pixel of linear light, premultiplied, at `to`. */
function layOverLight(to: usize, front: v128, behind: v128): void {
  const under = v128.load(to);
  const own = madd(under, behind, 1 - W(under));
  v128.store(to, add(front, scale(own, 1 - W(front))));
}

/** Makes ids of surfaces cover as much less as splats before them hide. */
function coverIds(field: i32, pixel: usize, through: f32): void {
  const ids = wantedAt(field, pixel, ID_PASS_BYTES);
  if (!ids) return;
  for (let at = ids + ID_RANKS * 4; at < ids + ID_RANKS * 8; at += 4) store<f32>(at, load<f32>(at) * through);
}

/** Puts the splats of a tile into the picture and its passes. */
export function writeSplatTile(x0: i32, y0: i32, x1: i32, y1: i32, scratch: usize): void {
  const width = load<i32>(HEADER + H_WIDTH);
  for (let y = y0; y < y1; y++) {
    for (let x = x0; x < x1; x++) {
      const o = <usize>((y - y0) * TILE + x - x0) << 2;
      const f = scratch + FRONT + o, b = scratch + BEHIND + o;
      const through = load<f32>(f);
      if (through == 1 && load<f32>(b) == 1) continue;
      const index = <usize>(y * width + x);
      const pixel = wantedAt(H_PIXELS, index, 4);
      if (pixel) layOverPixel(pixel, f, b);
      const film = wantedAt(H_FILM_SPLATS, index, 16), albedo = wantedAt(H_PASS_ALBEDO, index, 16);
      if (film || albedo) {
        const front = linearLayer(f), behind = linearLayer(b);
        if (film) layOverLight(film, front, behind);
        if (albedo) layOverLight(albedo, front, behind);
      }
      const surface = wantedAt(H_PASS_SURFACE, index, 16);
      if (surface) {
        store<f32>(surface, <f32>1 - through * (<f32>1 - load<f32>(surface, 12)) * load<f32>(b), 12);
        const depth = load<f32>(scratch + SPLAT_DEPTHS + o);
        if (depth < Infinity) {
          store<f32>(surface, depth * load<f32>(HEADER + H_MODEL_UNIT));
          // Splats have no texture coordinates.
          store<f32>(surface, NaN, 4);
          store<f32>(surface, NaN, 8);
        }
      }
      const normal = wantedAt(H_PASS_NORMAL, index, 16);
      if (normal) store<f32>(normal, load<f32>(normal, 12) * through, 12);
      coverIds(H_PASS_OBJECT, index, through);
      coverIds(H_PASS_MATERIAL, index, through);
    }
  }
}
