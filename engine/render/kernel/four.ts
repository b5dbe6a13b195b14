// Four pixels at once: a vector holds one number of each.

// @ts-ignore: decorator
@inline
export function firsts(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<i64>(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 0, 4, 1, 5), 0, 2);
}
// @ts-ignore: decorator
@inline
export function seconds(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<i64>(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 0, 4, 1, 5), 1, 3);
}
// @ts-ignore: decorator
@inline
export function thirds(a: v128, b: v128, c: v128, d: v128): v128 {
  return v128.shuffle<i64>(v128.shuffle<i32>(a, b, 2, 6, 3, 7), v128.shuffle<i32>(c, d, 2, 6, 3, 7), 0, 2);
}

/** Sums of the products of three vectors with three others: dot products where they hold components. */
// @ts-ignore: decorator
@inline
export function dots(ax: v128, ay: v128, az: v128, bx: v128, by: v128, bz: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.mul(ax, bx), f32x4.mul(ay, by)), f32x4.mul(az, bz));
}

/** 0, 1, 2 and 3. */
// @ts-ignore: decorator
@inline
export function steps(): v128 {
  return i32x4(0, 1, 2, 3);
}
