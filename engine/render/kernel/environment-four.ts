// Light of the surroundings from four directions at once.

import { AMBIENT_LEVEL, filteredAt, filteredSize } from './environment';
import { firsts, seconds, thirds } from './four';
import { H_ENV_COS, H_ENV_SIN, HEADER } from './layout';

// @ts-ignore: decorator
@inline
function signed(x: v128): v128 {
  return v128.bitselect(f32x4.splat(1), f32x4.splat(-1), f32x4.ge(x, f32x4.splat(0)));
}

// @ts-ignore: decorator
@inline
function texel(map: usize, place: i32, wanted: bool): v128 {
  return wanted ? v128.load(map + (<usize>place << 4)) : f32x4.splat(0);
}

/** What `ambient` (environment.ts) tells of those of four directions that are in `mask`, a bit each. */
export function ambientOfFour(dx: v128, dy: v128, dz: v128, mask: u32): v128 {
  const c = f32x4.splat(load<f32>(HEADER + H_ENV_COS)), s = f32x4.splat(load<f32>(HEADER + H_ENV_SIN));
  const one = f32x4.splat(1), half = f32x4.splat(0.5);
  const x = f32x4.sub(f32x4.mul(dx, c), f32x4.mul(dz, s)), z = f32x4.add(f32x4.mul(dx, s), f32x4.mul(dz, c));
  const sum = f32x4.add(f32x4.add(f32x4.abs(x), f32x4.abs(dy)), f32x4.abs(z));
  const n = f32x4.div(one, f32x4.pmax(f32x4.splat(1e-20), sum));
  const a = f32x4.mul(x, n), b = f32x4.mul(z, n), lower = f32x4.lt(dy, f32x4.splat(0));
  const u = v128.bitselect(f32x4.mul(f32x4.sub(one, f32x4.abs(b)), signed(a)), a, lower);
  const v = v128.bitselect(f32x4.mul(f32x4.sub(one, f32x4.abs(a)), signed(b)), b, lower);
  const size = filteredSize(AMBIENT_LEVEL), scale = f32x4.splat(<f32>size);
  const column = i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.add(f32x4.mul(u, half), half), scale));
  const row = i32x4.trunc_sat_f32x4_s(f32x4.mul(f32x4.add(f32x4.mul(v, half), half), scale));
  const place = i32x4.add(i32x4.mul(i32x4.add(row, i32x4.splat(1)), i32x4.splat(size + 2)), i32x4.add(column, i32x4.splat(1)));
  const map = filteredAt(AMBIENT_LEVEL);
  const p = texel(map, i32x4.extract_lane(place, 0), (mask & 1) != 0), q = texel(map, i32x4.extract_lane(place, 1), (mask & 2) != 0);
  const r = texel(map, i32x4.extract_lane(place, 2), (mask & 4) != 0), t = texel(map, i32x4.extract_lane(place, 3), (mask & 8) != 0);
  return f32x4.add(
    f32x4.add(f32x4.mul(firsts(p, q, r, t), f32x4.splat(0.2126)), f32x4.mul(seconds(p, q, r, t), f32x4.splat(0.7152))),
    f32x4.mul(thirds(p, q, r, t), f32x4.splat(0.0722)),
  );
}
