/** Key frames as glTF has them. */
export interface Track {
  /** Seconds from the start of the clip, rising. */
  times: Float32Array<ArrayBuffer>;
  /** `width` for each time. */
  values: Float32Array<ArrayBuffer>;
  interpolation: 'LINEAR' | 'STEP';
}

export interface TrackSource {
  /** Times at which the motion may bend or jump, in seconds, rising; the first and last bound the clip. */
  knots: Float64Array;
  width: number;
  /** Writes the value at a time. Quaternions may come with either sign. */
  evaluate(time: number, out: Float64Array): void;
  /** Quaternions are interpolated spherically and compared by angle. */
  isRotation: boolean;
  /** The largest difference from the motion in the file: in the unit of the values, for rotations in radians. */
  tolerance: number;
  /** Whether the part between two times must be cut although its middle looks right (full turns). */
  mustSplit?(from: number, to: number): boolean;
}

/** Cuts of one part between two keys: 2^8 pieces. */
const MAX_DEPTH = 8;

/** Keys of one track; beyond that the motion between the file's own keys becomes straight. */
const MAX_KEYS = 100_000;

/**
 * Samples a motion with as few keys as keep it within the tolerance: at each key of the file, and between keys wherever
 * straight (or spherical) interpolation would leave the curve. Jumps become two keys close together, or a stepped
 * track where there is nothing but jumps.
 */
export function sampleTrack(source: TrackSource): Track {
  return new TrackSampler(source).run();
}

class TrackSampler {
  private readonly source: TrackSource;
  private readonly times: number[] = [];
  private readonly values: number[] = [];
  private readonly probe: Float64Array;
  private last: Float64Array;

  constructor(source: TrackSource) {
    this.source = source;
    this.probe = new Float64Array(source.width);
    this.last = new Float64Array(source.width);
  }

  run(): Track {
    const { knots } = this.source;
    if (this.isStepped()) {
      for (const knot of knots) this.push(knot, this.at(knot));
      return this.finish('STEP');
    }
    let value = this.at(knots[0]!);
    this.push(knots[0]!, value);
    for (let i = 0; i + 1 < knots.length; i++) {
      const from = knots[i]!;
      const to = knots[i + 1]!;
      const end = this.at(to);
      // The value just before the next key; it differs where the curve is constant and then jumps.
      const edge = to - (to - from) * 1e-6;
      const before = this.at(edge);
      if (this.distance(before, end) > this.source.tolerance) {
        const hold = to - Math.min(0.001, (to - from) / 2);
        this.refine(from, value, hold, before, 0);
        this.push(hold, before);
      } else {
        this.refine(from, value, to, end, 0);
      }
      this.push(to, end);
      value = end;
    }
    return this.finish('LINEAR');
  }

  /** Whether the value stays the same between each two keys, and changes at some. */
  private isStepped(): boolean {
    const { knots, tolerance } = this.source;
    let jumps = false;
    for (let i = 0; i + 1 < knots.length; i++) {
      const from = knots[i]!;
      const to = knots[i + 1]!;
      const value = this.at(from);
      for (const share of [0.31, 0.73, 1 - 1e-6]) {
        if (this.distance(value, this.at(from + (to - from) * share)) > tolerance * 1e-3) return false;
      }
      if (this.distance(value, this.at(to)) > tolerance) jumps = true;
    }
    return jumps;
  }

  private refine(from: number, a: Float64Array, to: number, b: Float64Array, depth: number): void {
    if (depth >= MAX_DEPTH || this.times.length > MAX_KEYS || to - from < 1e-4) return;
    let split = this.source.mustSplit?.(from, to) ?? false;
    for (const share of [0.5, 0.25, 0.75]) {
      if (split) break;
      this.source.evaluate(from + (to - from) * share, this.probe);
      split = this.distance(this.probe, this.mix(a, b, share)) > this.source.tolerance;
    }
    if (!split) return;
    const middle = (from + to) / 2;
    const value = this.at(middle);
    this.refine(from, a, middle, value, depth + 1);
    this.push(middle, value);
    this.refine(middle, value, to, b, depth + 1);
  }

  private at(time: number): Float64Array {
    const out = new Float64Array(this.source.width);
    this.source.evaluate(time, out);
    return out;
  }

  private mix(a: Float64Array, b: Float64Array, share: number): Float64Array {
    const out = new Float64Array(a.length);
    let sign = 1;
    let wa = 1 - share;
    let wb = share;
    if (this.source.isRotation) {
      let dot = a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]! + a[3]! * b[3]!;
      if (dot < 0) sign = -1;
      dot *= sign;
      if (dot < 0.9999) {
        const angle = Math.acos(dot);
        wa = Math.sin(wa * angle) / Math.sin(angle);
        wb = Math.sin(wb * angle) / Math.sin(angle);
      }
    }
    for (let k = 0; k < a.length; k++) out[k] = a[k]! * wa + b[k]! * wb * sign;
    return out;
  }

  /** Largest difference of a component; between rotations the angle. */
  private distance(a: Float64Array, b: Float64Array): number {
    let most = 0;
    let turned = 0;
    for (let k = 0; k < a.length; k++) {
      most = Math.max(most, Math.abs(a[k]! - b[k]!));
      turned = Math.max(turned, Math.abs(a[k]! + b[k]!));
    }
    // For unit quaternions the angle is about twice the chord.
    return this.source.isRotation ? 2 * Math.min(most, turned) : most;
  }

  private push(time: number, value: Float64Array): void {
    let sign = 1;
    if (this.source.isRotation && this.times.length > 0) {
      const dot =
        value[0]! * this.last[0]! + value[1]! * this.last[1]! + value[2]! * this.last[2]! + value[3]! * this.last[3]!;
      if (dot < 0) sign = -1;
    }
    const stored = value.map((component) => component * sign);
    this.times.push(time);
    for (const component of stored) this.values.push(component);
    this.last = stored;
  }

  private finish(interpolation: Track['interpolation']): Track {
    const { width, knots } = this.source;
    const start = knots[0]!;
    const times: number[] = [];
    const values: number[] = [];
    let before = -1;
    for (let i = 0; i < this.times.length; i++) {
      const time = Math.fround(this.times[i]! - start);
      if (!(time > before)) continue;
      before = time;
      times.push(time);
      for (let k = 0; k < width; k++) values.push(this.values[i * width + k]!);
    }
    return { times: Float32Array.from(times), values: Float32Array.from(values), interpolation };
  }
}

/** Whether all key frames are about the same. */
export function isConstant(track: Track, width: number, tolerance: number): boolean {
  for (let i = width; i < track.values.length; i++) {
    if (Math.abs(track.values[i]! - track.values[i % width]!) > tolerance) return false;
  }
  return true;
}
