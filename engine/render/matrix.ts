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
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 4; col++) {
      let sum = col === 3 ? a[row * 4 + 3]! : 0;
      for (let k = 0; k < 3; k++) sum += a[row * 4 + k]! * b[k * 4 + col]!;
      out[row * 4 + col] = sum;
    }
  }
  return out;
}

/** Translation, unit quaternion (x, y, z, w) and scale as one transform. */
export function compose(t: ArrayLike<number>, q: ArrayLike<number>, s: ArrayLike<number>): Affine {
  const [x, y, z, w] = [q[0]!, q[1]!, q[2]!, q[3]!];
  const out = new Float64Array(12);
  const rotation = [
    1 - 2 * (y * y + z * z),
    2 * (x * y - z * w),
    2 * (x * z + y * w),
    2 * (x * y + z * w),
    1 - 2 * (x * x + z * z),
    2 * (y * z - x * w),
    2 * (x * z - y * w),
    2 * (y * z + x * w),
    1 - 2 * (x * x + y * y),
  ];
  for (let row = 0; row < 3; row++) {
    for (let col = 0; col < 3; col++) out[row * 4 + col] = rotation[row * 3 + col]! * s[col]!;
    out[row * 4 + 3] = t[row]!;
  }
  return out;
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
