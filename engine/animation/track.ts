/** How values between two keys are found (glTF 2.0, appendix C). */
export type Interpolation = 'STEP' | 'LINEAR' | 'CUBICSPLINE';

/** Halvings before a rotation is interpolated on a straight line: what is left of the angle is below a degree. */
const HALVINGS = 8;

/** A value over time, given at keys. Before the first and after the last key it stays what it is there. */
export class Track {
  readonly times: Float32Array;
  readonly #values: Float32Array;
  readonly interpolation: Interpolation;
  readonly #rotation: boolean;
  /** Numbers of one value. */
  readonly size: number;
  /** Key before the last time that was asked for: frames follow one another. */
  #key = 0;

  /**
   * @param times rising, in seconds
   * @param values one value a key; for `CUBICSPLINE` in-tangent, value and out-tangent a key
   * @param rotation the values are unit quaternions (x, y, z, w)
   */
  constructor(times: Float32Array, values: Float32Array, interpolation: Interpolation, rotation: boolean) {
    this.times = times;
    this.#values = values;
    this.interpolation = interpolation;
    this.#rotation = rotation;
    this.size = Math.floor(values.length / times.length / (interpolation === 'CUBICSPLINE' ? 3 : 1));
  }

  /** Time of the last key, in seconds. */
  get end(): number {
    return this.times[this.times.length - 1]!;
  }

  /** Whether the value is the same at all times. */
  get constant(): boolean {
    const { size } = this;
    const cubic = this.interpolation === 'CUBICSPLINE';
    const stride = cubic ? size * 3 : size;
    const values = this.#values;
    for (let key = 0; key < this.times.length; key++) {
      for (let i = 0; i < size; i++) {
        if (values[key * stride + (cubic ? size : 0) + i] !== values[(cubic ? size : 0) + i]) return false;
        if (cubic && (values[key * stride + i] !== 0 || values[key * stride + size * 2 + i] !== 0)) return false;
      }
    }
    return true;
  }

  /** The greatest of each number of the value at any key. */
  get greatest(): number[] {
    const cubic = this.interpolation === 'CUBICSPLINE';
    const stride = this.size * (cubic ? 3 : 1);
    const values = this.#values;
    return Array.from({ length: this.size }, (_, i) => {
      let most = -Infinity;
      for (let at = i + (cubic ? this.size : 0); at < stride * this.times.length; at += stride)
        most = Math.max(most, values[at]!);
      return most;
    });
  }

  /** Writes the value at `time` seconds to `out` from `offset` on. */
  sample(time: number, out: Float64Array, offset: number): void {
    const { times, size } = this;
    const last = times.length - 1;
    const values = this.#values;
    const cubic = this.interpolation === 'CUBICSPLINE';
    const stride = cubic ? size * 3 : size;
    const middle = cubic ? size : 0;
    if (!(time > times[0]!) || last === 0) {
      for (let i = 0; i < size; i++) out[offset + i] = values[middle + i]!;
      return;
    }
    if (time >= times[last]!) {
      for (let i = 0; i < size; i++) out[offset + i] = values[last * stride + middle + i]!;
      return;
    }
    const key = this.#find(time);
    const from = times[key]!;
    const length = times[key + 1]! - from;
    const a = key * stride + middle;
    const b = a + stride;
    if (this.interpolation === 'STEP' || !(length > 0)) {
      for (let i = 0; i < size; i++) out[offset + i] = values[a + i]!;
      return;
    }
    const t = (time - from) / length;
    if (cubic) {
      const t2 = t * t;
      const t3 = t2 * t;
      for (let i = 0; i < size; i++) {
        out[offset + i] =
          (2 * t3 - 3 * t2 + 1) * values[a + i]! +
          length * (t3 - 2 * t2 + t) * values[a + size + i]! +
          (3 * t2 - 2 * t3) * values[b + i]! +
          length * (t3 - t2) * values[b - size + i]!;
      }
      if (this.#rotation) makeUnit(out, offset);
    } else if (this.#rotation) slerp(values, a, b, t, out, offset);
    else for (let i = 0; i < size; i++) out[offset + i] = values[a + i]! + (values[b + i]! - values[a + i]!) * t;
  }

  /** The last key at or before `time`, which lies between the first and the last. */
  #find(time: number): number {
    const { times } = this;
    let key = this.#key;
    if (!(times[key]! <= time && time < times[key + 1]!)) {
      let low = 0;
      let high = times.length - 1;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (times[middle]! <= time) low = middle;
        else high = middle;
      }
      key = low;
    }
    this.#key = key;
    return key;
  }
}

function makeUnit(q: Float64Array, o: number): void {
  const length = Math.sqrt(q[o]! ** 2 + q[o + 1]! ** 2 + q[o + 2]! ** 2 + q[o + 3]! ** 2);
  if (!(length > 0)) {
    q[o] = 0;
    q[o + 1] = 0;
    q[o + 2] = 0;
    q[o + 3] = 1;
    return;
  }
  for (let i = 0; i < 4; i++) q[o + i]! /= length;
}

/**
 * Spherical linear interpolation on the shorter arc (Shoemake 1985). The arc is halved towards `t`, then cut straight:
 * that takes square roots only, which are the same on every machine, where sines need not be.
 */
function slerp(values: Float32Array, a: number, b: number, t: number, out: Float64Array, offset: number): void {
  let ax = values[a]!;
  let ay = values[a + 1]!;
  let az = values[a + 2]!;
  let aw = values[a + 3]!;
  const sign = ax * values[b]! + ay * values[b + 1]! + az * values[b + 2]! + aw * values[b + 3]! < 0 ? -1 : 1;
  let bx = values[b]! * sign;
  let by = values[b + 1]! * sign;
  let bz = values[b + 2]! * sign;
  let bw = values[b + 3]! * sign;
  let share = t;
  for (let i = 0; i < HALVINGS; i++) {
    const mx = ax + bx;
    const my = ay + by;
    const mz = az + bz;
    const mw = aw + bw;
    const k = 1 / Math.sqrt(mx * mx + my * my + mz * mz + mw * mw);
    share *= 2;
    if (share < 1) {
      bx = mx * k;
      by = my * k;
      bz = mz * k;
      bw = mw * k;
    } else {
      share -= 1;
      ax = mx * k;
      ay = my * k;
      az = mz * k;
      aw = mw * k;
    }
  }
  out[offset] = ax + (bx - ax) * share;
  out[offset + 1] = ay + (by - ay) * share;
  out[offset + 2] = az + (bz - az) * share;
  out[offset + 3] = aw + (bw - aw) * share;
  makeUnit(out, offset);
}
