import type { Track } from './track.ts';

/** How far apart samples of a curve are at most, in seconds. */
const CURVE_STEP = 1 / 30;

/** A step is a straight line that takes so many seconds. */
const STEP_SECONDS = 1e-3;

/**
 * The times at which a track has to be sampled for straight lines between the samples (arcs for rotations) to follow
 * it: its keys; for steps also the moment before each; for cubic curves points in between. Rising, none twice.
 */
export function sampleTimes(track: Track): number[] {
  const { times } = track;
  const out: number[] = [];
  const add = (time: number): void => {
    if (out.length === 0 || time > out.at(-1)!) out.push(time);
  };
  for (let key = 0; key < times.length; key++) {
    const from = times[key]!;
    add(from);
    const to = times[key + 1];
    if (to === undefined) break;
    if (track.interpolation === 'STEP') add(Math.max(from, to - Math.min(STEP_SECONDS, (to - from) / 2)));
    else if (track.interpolation === 'CUBICSPLINE') {
      const parts = Math.ceil((to - from) / CURVE_STEP - 1e-6);
      for (let part = 1; part < parts; part++) add(from + ((to - from) * part) / parts);
    }
  }
  return out;
}

/** The times of several tracks together. Those closer than a ten-thousandth of a second count as one. */
export function mergeTimes(lists: Iterable<readonly number[]>): number[] {
  const all = Float64Array.from([...lists].flat()).sort();
  const out: number[] = [];
  for (const time of all) if (out.length === 0 || time - out.at(-1)! > 1e-4) out.push(time);
  return out;
}
