/** Ticks in a second. */
export const FBX_TICKS = 46_186_158_000;

export const CONSTANT = 0;
/** Constant, but with the value of the next key. */
export const CONSTANT_NEXT = 1;
export const LINEAR = 2;
export const CUBIC = 3;

/** What happens outside of the keys. */
export interface Extrapolation {
  mode: 'constant' | 'slope' | 'repeat' | 'mirror' | 'repeatRelative';
  /** -1 without end. */
  count: number;
}

/** An animated number: keys with Bézier tangents. All arrays have one entry for each key. */
export interface Curve {
  /** Seconds, rising. */
  times: Float64Array;
  values: Float64Array;
  /** `CONSTANT`, `CONSTANT_NEXT`, `LINEAR` or `CUBIC`, for the segment behind the key. */
  modes: Uint8Array;
  /** Value per second where the curve leaves the key. */
  slopesOut: Float64Array;
  /** Value per second where the curve reaches the key. */
  slopesIn: Float64Array;
  /** Length of the tangents as a share of the segment; a third by default. */
  weightsOut: Float64Array;
  weightsIn: Float64Array;
  before: Extrapolation;
  after: Extrapolation;
}

export const DEFAULT_WEIGHT = 1 / 3;

/** The value at a time in seconds. */
export function evaluateCurve(curve: Curve, time: number): number {
  const { times, values } = curve;
  const count = times.length;
  if (count === 1) return values[0]!;
  if (time < times[0]!) return extrapolate(curve, time, true);
  if (time > times[count - 1]!) return extrapolate(curve, time, false);
  return evaluateInside(curve, time);
}

function evaluateInside(curve: Curve, time: number): number {
  const { times, values } = curve;
  let low = 0;
  let high = times.length - 1;
  // The last key that is not behind `time`.
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle - 1;
  }
  const here = values[low]!;
  if (low === times.length - 1 || times[low] === time) return here;
  const next = values[low + 1]!;
  const duration = times[low + 1]! - times[low]!;
  const share = (time - times[low]!) / duration;
  switch (curve.modes[low]) {
    case CONSTANT:
      return here;
    case CONSTANT_NEXT:
      return next;
    case LINEAR:
      return here + (next - here) * share;
    default: {
      const x1 = curve.weightsOut[low]!;
      const x2 = 1 - curve.weightsIn[low + 1]!;
      const y1 = here + curve.slopesOut[low]! * x1 * duration;
      const y2 = next - curve.slopesIn[low + 1]! * curve.weightsIn[low + 1]! * duration;
      const t = solveBezier(x1, x2, share);
      const u = 1 - t;
      return u * u * u * here + 3 * u * t * (u * y1 + t * y2) + t * t * t * next;
    }
  }
}

/** The parameter at which a cubic from 0 to 1 with the inner points `x1` and `x2` reaches `x`: bisection and Newton. */
function solveBezier(x1: number, x2: number, x: number): number {
  if (x1 === DEFAULT_WEIGHT && x2 === 1 - DEFAULT_WEIGHT) return x;
  let low = 0;
  let high = 1;
  let t = x;
  for (let i = 0; i < 24; i++) {
    const u = 1 - t;
    const error = 3 * u * t * (u * x1 + t * x2) + t * t * t - x;
    if (Math.abs(error) < 1e-12) break;
    if (error > 0) high = t;
    else low = t;
    const slope = 3 * (u * u * x1 + 2 * u * t * (x2 - x1) + t * t * (1 - x2));
    const newton = slope > 1e-9 ? t - error / slope : -1;
    t = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return t;
}

function extrapolate(curve: Curve, time: number, before: boolean): number {
  const { times, values } = curve;
  const last = times.length - 1;
  const first = times[0]!;
  const end = times[last]!;
  const { mode, count } = before ? curve.before : curve.after;
  const edge = before ? values[0]! : values[last]!;
  const duration = end - first;
  if (mode === 'constant' || count === 0 || !(duration > 0)) return edge;
  if (mode === 'slope') {
    return before ? edge + curve.slopesOut[0]! * (time - first) : edge + curve.slopesIn[last]! * (time - end);
  }
  const distance = before ? first - time : time - end;
  let rounds = Math.floor(distance / duration);
  let rest = distance - rounds * duration;
  if (count > 0 && rounds >= count) {
    rounds = count - 1;
    rest = duration;
  }
  const backwards = mode === 'mirror' && rounds % 2 === 0 ? !before : before;
  const value = evaluateInside(curve, backwards ? end - rest : first + rest);
  if (mode !== 'repeatRelative') return value;
  return value + (before ? -1 : 1) * (values[last]! - values[0]!) * (rounds + 1);
}

/** A curve of keys without tangents, to be filled in. */
export function emptyCurve(count: number): Curve {
  return {
    times: new Float64Array(count),
    values: new Float64Array(count),
    modes: new Uint8Array(count).fill(LINEAR),
    slopesOut: new Float64Array(count),
    slopesIn: new Float64Array(count),
    weightsOut: new Float64Array(count).fill(DEFAULT_WEIGHT),
    weightsIn: new Float64Array(count).fill(DEFAULT_WEIGHT),
    before: { mode: 'constant', count: -1 },
    after: { mode: 'constant', count: -1 },
  };
}

/** Sorts keys that are not in order and drops those that are no numbers; null where none is left. */
export function tidyCurve(curve: Curve): Curve | null {
  const { times, values } = curve;
  let good = times.length > 0;
  for (let i = 0; i < times.length && good; i++) {
    good =
      Number.isFinite(times[i]) &&
      Number.isFinite(values[i]) &&
      Number.isFinite(curve.slopesIn[i]) &&
      Number.isFinite(curve.slopesOut[i]) &&
      (i === 0 || times[i]! > times[i - 1]!);
  }
  if (good) return curve;
  const order = Array.from(times.keys())
    .filter((i) => Number.isFinite(times[i]) && Number.isFinite(values[i]))
    .sort((a, b) => times[a]! - times[b]! || a - b)
    .filter((i, at, list) => at + 1 === list.length || times[list[at + 1]!]! > times[i]!);
  if (order.length === 0) return null;
  const pick = (array: Float64Array, fallback: number): Float64Array =>
    Float64Array.from(order, (i) => (Number.isFinite(array[i]) ? array[i]! : fallback));
  return {
    ...curve,
    times: pick(times, 0),
    values: pick(values, 0),
    modes: Uint8Array.from(order, (i) => curve.modes[i]!),
    slopesOut: pick(curve.slopesOut, 0),
    slopesIn: pick(curve.slopesIn, 0),
    weightsOut: pick(curve.weightsOut, DEFAULT_WEIGHT),
    weightsIn: pick(curve.weightsIn, DEFAULT_WEIGHT),
  };
}
