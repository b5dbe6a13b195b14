/** Bits of `KeyAttrFlags` that shape automatic tangents. */
export const CLAMP = 0x1000;
export const TIME_INDEPENDENT = 0x2000;
export const CLAMP_PROGRESSIVE = 0x4000;

const CLAMP_THRESHOLD = 1e-5;

/** Times and values of a key and its neighbours. */
type Neighbours = readonly [
  timeBefore: number,
  time: number,
  timeBehind: number,
  valueBefore: number,
  value: number,
  valueBehind: number,
];

/**
 * The slope of an automatic tangent between two keys, as the FBX SDK computes it: the slope from neighbour to
 * neighbour, moved towards one side by a bias (in per cent), and limited so that the curve does not overshoot.
 */
export function autoSlope(keys: Neighbours, weightIn: number, weightOut: number, bias: number, flags: number): number {
  const [t0, t1, t2, v0, v1, v2] = keys;
  if (flags & CLAMP && Math.min(Math.abs(v0 - v1), Math.abs(v2 - v1)) <= CLAMP_THRESHOLD) return 0;
  let slope = (v2 - v0) / (t2 - t0);
  if (!(flags & TIME_INDEPENDENT)) {
    const into = (v1 - v0) / (t1 - t0);
    const out = (v2 - v1) / (t2 - t1);
    const share = (t1 - t0) / (t2 - t0);
    slope = (slope + into * (1 - share) + out * share) / 2;
    const weight = Math.abs(bias) / 100;
    if (weight > 1e-4) {
      const target = bias > 0 ? out : into;
      const difference = target - slope;
      slope += difference * weight;
      slope += overshoot(bias, Math.abs(difference) > 1e-5 ? difference : bias);
    }
  }
  if (!(flags & CLAMP_PROGRESSIVE)) return slope;
  const sign = slope >= 0 ? 1 : -1;
  const rangeIn = weightIn * (t1 - t0);
  const rangeOut = weightOut * (t2 - t1);
  const mostIn = rangeIn > 0 ? Math.max(0, (sign * (v1 - v0)) / rangeIn) : 0;
  const mostOut = rangeOut > 0 ? Math.max(0, (sign * (v2 - v1)) / rangeOut) : 0;
  return sign * Math.min(sign * slope, mostIn, mostOut);
}

/** The automatic slope of the first or last key, which has one neighbour. */
export function edgeSlope(t0: number, t1: number, v0: number, v1: number, bias: number, flags: number): number {
  if (flags & CLAMP_PROGRESSIVE) return 0;
  if (flags & CLAMP && Math.abs(v1 - v0) <= CLAMP_THRESHOLD) return 0;
  const slope = (v1 - v0) / (t1 - t0);
  return flags & TIME_INDEPENDENT ? slope : slope + overshoot(bias, bias);
}

/** Biases above 500 % bend the curve further still. */
function overshoot(bias: number, direction: number): number {
  const excess = Math.abs(bias) / 100 - 5;
  return excess > 0 ? excess * excess * 40 * (direction > 0 ? 1 : -1) : 0;
}

/** Slopes into and out of a key with tension, continuity and bias (Kochanek and Bartels 1984). */
export function tcbSlopes(
  [tension, continuity, bias]: readonly [number, number, number],
  slopeBefore: number | null,
  slopeBehind: number | null,
): [into: number, out: number] {
  const before = slopeBefore ?? 0;
  const behind = slopeBehind ?? 0;
  const factor = (slopeBefore === null || slopeBehind === null ? 1 : 0.5) * (1 - tension);
  return [
    factor * ((1 + bias) * (1 - continuity) * before + (1 - bias) * (1 + continuity) * behind),
    factor * ((1 + bias) * (1 + continuity) * before + (1 - bias) * (1 - continuity) * behind),
  ];
}
