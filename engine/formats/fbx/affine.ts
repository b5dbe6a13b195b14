/** Three numbers. */
export type Vec3 = [number, number, number];
/** A rotation as x, y, z, w. */
export type Quat = [number, number, number, number];
/** A 4×4 matrix, column by column; the last row is 0, 0, 0, 1. */
export type Mat4 = Float64Array;

export interface Trs {
  translation: Vec3;
  rotation: Quat;
  scale: Vec3;
}

const HALF_DEGREE = Math.PI / 360;

/** Rotation orders as FBX numbers them: the letters say which axis turns first. */
const ORDERS = ['xyz', 'xzy', 'yzx', 'yxz', 'zxy', 'zyx'] as const;

/** Euler angles in degrees as a quaternion. The axes turn one after the other about the fixed axes of the parent. */
export function eulerToQuat(degrees: Vec3, order = 0): Quat {
  let result: Quat = [0, 0, 0, 1];
  for (const axis of ORDERS[order] ?? 'xyz') {
    const index = axis === 'x' ? 0 : axis === 'y' ? 1 : 2;
    const half = degrees[index] * HALF_DEGREE;
    const turn: Quat = [0, 0, 0, Math.cos(half)];
    turn[index] = Math.sin(half);
    result = multiplyQuat(turn, result);
  }
  return result;
}

/** `a` after `b`. */
export function multiplyQuat(a: Quat, b: Quat): Quat {
  return [
    a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1],
    a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0],
    a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3],
    a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2],
  ];
}

export function conjugate(q: Quat): Quat {
  return [-q[0], -q[1], -q[2], q[3]];
}

export function rotate(q: Quat, v: Vec3): Vec3 {
  const [x, y, z, w] = q;
  const tx = 2 * (y * v[2] - z * v[1]);
  const ty = 2 * (z * v[0] - x * v[2]);
  const tz = 2 * (x * v[1] - y * v[0]);
  return [v[0] + w * tx + y * tz - z * ty, v[1] + w * ty + z * tx - x * tz, v[2] + w * tz + x * ty - y * tx];
}

export function fromTrs({ translation, rotation: [x, y, z, w], scale: [sx, sy, sz] }: Trs): Mat4 {
  const m = new Float64Array(16);
  m[0] = (1 - 2 * (y * y + z * z)) * sx;
  m[1] = 2 * (x * y + z * w) * sx;
  m[2] = 2 * (x * z - y * w) * sx;
  m[4] = 2 * (x * y - z * w) * sy;
  m[5] = (1 - 2 * (x * x + z * z)) * sy;
  m[6] = 2 * (y * z + x * w) * sy;
  m[8] = 2 * (x * z + y * w) * sz;
  m[9] = 2 * (y * z - x * w) * sz;
  m[10] = (1 - 2 * (x * x + y * y)) * sz;
  m[12] = translation[0];
  m[13] = translation[1];
  m[14] = translation[2];
  m[15] = 1;
  return m;
}

export function identity(): Mat4 {
  return Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
}

/** `a` after `b`. */
export function multiply(a: Mat4, b: Mat4): Mat4 {
  const out = new Float64Array(16);
  for (let column = 0; column < 16; column += 4) {
    for (let row = 0; row < 4; row++) {
      out[column + row] =
        a[row]! * b[column]! +
        a[row + 4]! * b[column + 1]! +
        a[row + 8]! * b[column + 2]! +
        a[row + 12]! * b[column + 3]!;
    }
  }
  return out;
}

/** Null where the matrix flattens space. */
export function invert(m: Mat4): Mat4 | null {
  const [a, b, c, , d, e, f, , g, h, i] = m as unknown as number[];
  const A = e! * i! - f! * h!;
  const B = f! * g! - d! * i!;
  const C = d! * h! - e! * g!;
  const determinant = a! * A + b! * B + c! * C;
  if (!(Math.abs(determinant) > 1e-300)) return null;
  const s = 1 / determinant;
  const out = Float64Array.of(
    A * s,
    (c! * h! - b! * i!) * s,
    (b! * f! - c! * e!) * s,
    0,
    B * s,
    (a! * i! - c! * g!) * s,
    (c! * d! - a! * f!) * s,
    0,
    C * s,
    (b! * g! - a! * h!) * s,
    (a! * e! - b! * d!) * s,
    0,
    0,
    0,
    0,
    1,
  );
  for (let row = 0; row < 3; row++) {
    out[12 + row] = -(out[row]! * m[12]! + out[row + 4]! * m[13]! + out[row + 8]! * m[14]!);
  }
  return out;
}

export function determinant3(m: Mat4): number {
  return (
    m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) -
    m[4]! * (m[1]! * m[10]! - m[2]! * m[9]!) +
    m[8]! * (m[1]! * m[6]! - m[2]! * m[5]!)
  );
}

export function transformPoint(m: Mat4, [x, y, z]: Vec3): Vec3 {
  return [
    m[0]! * x + m[4]! * y + m[8]! * z + m[12]!,
    m[1]! * x + m[5]! * y + m[9]! * z + m[13]!,
    m[2]! * x + m[6]! * y + m[10]! * z + m[14]!,
  ];
}

/** Whether each of the elements of two matrices is about the same. */
export function isIdentity(m: Mat4): boolean {
  return m.every((value, i) => Math.abs(value - (i % 5 === 0 ? 1 : 0)) < 1e-12);
}

/** Takes a matrix apart. `sheared` where it is not made of translation, rotation and scale alone. */
export function decompose(m: Mat4): Trs & { sheared: boolean } {
  const translation: Vec3 = [m[12]!, m[13]!, m[14]!];
  const scale: Vec3 = [
    Math.hypot(m[0]!, m[1]!, m[2]!),
    Math.hypot(m[4]!, m[5]!, m[6]!),
    Math.hypot(m[8]!, m[9]!, m[10]!),
  ];
  if (determinant3(m) < 0) scale[0] = -scale[0];
  // Orthonormal axes (Gram and Schmidt), so that a shear does not spoil the rotation.
  const x = normalize([m[0]! / (scale[0] || 1), m[1]! / (scale[0] || 1), m[2]! / (scale[0] || 1)], [1, 0, 0]);
  const rawY: Vec3 = [m[4]! / (scale[1] || 1), m[5]! / (scale[1] || 1), m[6]! / (scale[1] || 1)];
  const along = dot(x, rawY);
  const fallback: Vec3 = Math.abs(x[1]) < 0.9 ? [0, 1, 0] : [0, 0, 1];
  const y = normalize(
    [rawY[0] - along * x[0], rawY[1] - along * x[1], rawY[2] - along * x[2]],
    normalize(sub(fallback, x, dot(fallback, x)), [0, 1, 0]),
  );
  const z: Vec3 = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  const rawZ: Vec3 = [m[8]! / (scale[2] || 1), m[9]! / (scale[2] || 1), m[10]! / (scale[2] || 1)];
  const sheared = Math.abs(along) > 1e-3 || Math.abs(dot(x, rawZ)) > 1e-3 || Math.abs(dot(rawY, rawZ)) > 1e-3;
  return { translation, rotation: axesToQuat(x, y, z), scale, sheared };
}

function sub(a: Vec3, b: Vec3, factor: number): Vec3 {
  return [a[0] - b[0] * factor, a[1] - b[1] * factor, a[2] - b[2] * factor];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function normalize(v: Vec3, fallback: Vec3): Vec3 {
  const length = Math.hypot(...v);
  return length > 1e-12 ? [v[0] / length, v[1] / length, v[2] / length] : fallback;
}

/** The rotation that turns the axes of space into these (Shepperd 1978). */
export function axesToQuat(x: Vec3, y: Vec3, z: Vec3): Quat {
  const trace = x[0] + y[1] + z[2];
  let q: Quat;
  if (trace > 0) {
    const s = 2 * Math.sqrt(trace + 1);
    q = [(y[2] - z[1]) / s, (z[0] - x[2]) / s, (x[1] - y[0]) / s, s / 4];
  } else if (x[0] > y[1] && x[0] > z[2]) {
    const s = 2 * Math.sqrt(1 + x[0] - y[1] - z[2]);
    q = [s / 4, (y[0] + x[1]) / s, (z[0] + x[2]) / s, (y[2] - z[1]) / s];
  } else if (y[1] > z[2]) {
    const s = 2 * Math.sqrt(1 + y[1] - x[0] - z[2]);
    q = [(y[0] + x[1]) / s, s / 4, (z[1] + y[2]) / s, (z[0] - x[2]) / s];
  } else {
    const s = 2 * Math.sqrt(1 + z[2] - x[0] - y[1]);
    q = [(z[0] + x[2]) / s, (z[1] + y[2]) / s, s / 4, (x[1] - y[0]) / s];
  }
  const length = Math.hypot(...q);
  return [q[0] / length, q[1] / length, q[2] / length, q[3] / length];
}
