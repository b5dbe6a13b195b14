/** Affine transform as 3 × 4 numbers, row by row: what a glTF 4 × 4 matrix holds beside its last row. */
export type Affine = Float64Array;

/** From a glTF matrix (16 numbers, column by column). */
export function affineFromMatrix(m: ArrayLike<number>): Affine {
  const a = new Float64Array(12);
  for (let row = 0; row < 3; row++) for (let col = 0; col < 4; col++) a[row * 4 + col] = m[col * 4 + row]!;
  return a;
}

/** The transform that applies `b` first and then `a`. */
export function multiply(a: Affine, b: Affine): Affine {
  const out = new Float64Array(12);
  multiplyInto(out, a, b);
  return out;
}

/** Writes the transform that applies `b` first and then `a` to `out`, which is neither. */
export function multiplyInto(out: Affine, a: Affine, b: Affine): void {
  for (let row = 0; row < 12; row += 4) {
    const x = a[row]!;
    const y = a[row + 1]!;
    const z = a[row + 2]!;
    for (let col = 0; col < 3; col++) out[row + col] = x * b[col]! + y * b[4 + col]! + z * b[8 + col]!;
    out[row + 3] = a[row + 3]! + x * b[3]! + y * b[7]! + z * b[11]!;
  }
}

/** Writes translation, unit quaternion (x, y, z, w) and scale, ten numbers of `n` from `o` on, to `out` as transform. */
export function composeInto(out: Affine, n: Float64Array, o: number): void {
  const x = n[o + 3]!;
  const y = n[o + 4]!;
  const z = n[o + 5]!;
  const w = n[o + 6]!;
  const sx = n[o + 7]!;
  const sy = n[o + 8]!;
  const sz = n[o + 9]!;
  out[0] = (1 - 2 * (y * y + z * z)) * sx;
  out[1] = 2 * (x * y - z * w) * sy;
  out[2] = 2 * (x * z + y * w) * sz;
  out[3] = n[o]!;
  out[4] = 2 * (x * y + z * w) * sx;
  out[5] = (1 - 2 * (x * x + z * z)) * sy;
  out[6] = 2 * (y * z - x * w) * sz;
  out[7] = n[o + 1]!;
  out[8] = 2 * (x * z - y * w) * sx;
  out[9] = 2 * (y * z + x * w) * sy;
  out[10] = (1 - 2 * (x * x + y * y)) * sz;
  out[11] = n[o + 2]!;
}

/** Determinant of the linear part; negative where the transform mirrors. */
export function determinant(a: Affine): number {
  return (
    a[0]! * (a[5]! * a[10]! - a[6]! * a[9]!) -
    a[1]! * (a[4]! * a[10]! - a[6]! * a[8]!) +
    a[2]! * (a[4]! * a[9]! - a[5]! * a[8]!)
  );
}

/** Cofactors of the linear part (9 numbers, row by row): they transform normals, up to length and mirroring. */
export function cofactors(a: Affine): Float64Array {
  return Float64Array.of(
    a[5]! * a[10]! - a[6]! * a[9]!,
    a[6]! * a[8]! - a[4]! * a[10]!,
    a[4]! * a[9]! - a[5]! * a[8]!,
    a[2]! * a[9]! - a[1]! * a[10]!,
    a[0]! * a[10]! - a[2]! * a[8]!,
    a[1]! * a[8]! - a[0]! * a[9]!,
    a[1]! * a[6]! - a[2]! * a[5]!,
    a[2]! * a[4]! - a[0]! * a[6]!,
    a[0]! * a[5]! - a[1]! * a[4]!,
  );
}

/** The inverse, or undefined where the transform flattens space. */
export function invert(a: Affine): Affine | undefined {
  const d = determinant(a);
  if (!Number.isFinite(d) || Math.abs(d) < 1e-200) return undefined;
  const c = cofactors(a);
  const out = new Float64Array(12);
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 3; col++) out[row * 4 + col] = c[col * 3 + row]! / d;
    out[row * 4 + 3] = -(out[row * 4]! * a[3]! + out[row * 4 + 1]! * a[7]! + out[row * 4 + 2]! * a[11]!);
  }
  return out;
}

/** The transform that changes nothing. */
export function identity(): Affine {
  return Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
}
