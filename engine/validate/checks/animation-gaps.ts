import type { Animation } from '@gltf-transform/core';
import { plural } from '../../formats/corrections.ts';
import type { ModelCheck } from './check.ts';
import { Tally } from './tally.ts';

/** A channel may begin after its clip, or end before it, by this many seconds: a frame of the slowest usual rate. */
const FRAME = 1 / 12;

/** Keys at most so far apart (median, in seconds) are samples of a baked curve. */
const BAKED = 0.1;

/** A baked curve with an interval of so many times its median has lost keys. */
const LOST_KEYS = 10;

/** Clips in which something stands still because keys are missing. */
export const animationGaps: ModelCheck = {
  kind: 'model',
  stage: 'normalised',
  measures: `channels whose keys differ, with a gap: keys that begin more than ${FRAME.toFixed(3)} s after their clip or end as much before it, or keys baked at a steady rate with an interval of more than ${LOST_KEYS} times their median`,
  finding: 'any',
  severity: 'info',
  remedy:
    'Harmless when it is meant so. Otherwise bake the animation over the whole clip, or check the key range of the export: the value stands still in the gap, and jumps where the clip loops.',
  measure(document) {
    const animations = document.getRoot().listAnimations();
    const tally = new Tally();
    for (const animation of animations) addGaps(animation, tally);
    const { total, places } = tally;
    if (animations.length === 0) return null;
    return {
      value: total,
      found: total > 0,
      text: `${plural(total, 'animation channel')} ${total === 1 ? 'has a gap' : 'have gaps'}`,
      places,
    };
  },
};

function addGaps(animation: Animation, tally: Tally): void {
  const channels = animation.listChannels().flatMap((channel) => {
    const times = channel.getSampler()?.getInput()?.getArray();
    const values = channel.getSampler()?.getOutput()?.getArray();
    // What never changes has no gaps, and a single key holds its value for the whole clip.
    return times && times.length > 1 && values && moves(values, times.length) ? [{ channel, times, values }] : [];
  });
  let begin = Infinity;
  let end = -Infinity;
  for (const { times } of channels) {
    begin = Math.min(begin, times[0]!);
    end = Math.max(end, times.at(-1)!);
  }
  for (const { channel, times, values } of channels) {
    const [first, last] = [times[0]!, times.at(-1)!];
    const gap = longestBakedInterval(times, values);
    if (first - begin > FRAME) tally.add(channel, `begins at ${first.toFixed(2)} s, its clip at ${begin.toFixed(2)} s`);
    else if (end - last > FRAME) tally.add(channel, `ends at ${last.toFixed(2)} s, its clip at ${end.toFixed(2)} s`);
    else if (gap) tally.add(channel, `no keys between ${gap[0].toFixed(2)} s and ${gap[1].toFixed(2)} s`);
  }
}

/** Whether a later key differs from the first. */
function moves(values: ArrayLike<number>, keys: number): boolean {
  for (let key = 1; key < keys; key++) if (differs(values, values.length / keys, 0, key)) return true;
  return false;
}

/** Whether two keys differ, `size` numbers each (of cubic splines, tangents included). */
function differs(values: ArrayLike<number>, size: number, a: number, b: number): boolean {
  for (let k = 0; k < size; k++) if (Math.abs(values[a * size + k]! - values[b * size + k]!) > 1e-6) return true;
  return false;
}

/** The interval in which keys of a baked curve are missing; null where none are, or the keys are set by hand. */
function longestBakedInterval(times: ArrayLike<number>, values: ArrayLike<number>): [from: number, to: number] | null {
  const intervals = Float64Array.from({ length: times.length - 1 }, (_, i) => times[i + 1]! - times[i]!);
  let longest = 0;
  for (let i = 0; i < intervals.length; i++) if (intervals[i]! > intervals[longest]!) longest = i;
  const length = intervals[longest]!;
  const median = intervals.sort()[intervals.length >> 1]!;
  if (intervals.length < LOST_KEYS || median > BAKED || length <= LOST_KEYS * median) return null;
  // Exporters leave keys out where nothing moves.
  if (!differs(values, values.length / times.length, longest, longest + 1)) return null;
  return [times[longest]!, times[longest + 1]!];
}
