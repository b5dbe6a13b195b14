import type { Track } from '../../../animation/track.ts';
import { eulerToQuat, type Quat, type Vec3 } from '../affine.ts';

const DEGREES = 180 / Math.PI;

/** How far the rotation between two keys may be off, in degrees. */
const TOLERANCE = 0.05;
/** Keys are no closer than this, in seconds. */
const SHORTEST = 1 / 480;

/** A rotation as angles about X, then Y, then Z, in degrees; the middle one from −90 to 90. */
export function quatToEuler([x, y, z, w]: readonly number[]): Vec3 {
  const sine = Math.max(-1, Math.min(1, 2 * (w! * y! - z! * x!)));
  if (Math.abs(sine) > 0.9999999) {
    // X and Z turn about the same axis: all of the turn is given to X.
    const turn = 2 * Math.atan2(x!, w!) * DEGREES;
    return [wrap(turn), Math.sign(sine) * 90, 0];
  }
  return [
    Math.atan2(2 * (w! * x! + y! * z!), 1 - 2 * (x! * x! + y! * y!)) * DEGREES,
    Math.asin(sine) * DEGREES,
    Math.atan2(2 * (w! * z! + x! * y!), 1 - 2 * (y! * y! + z! * z!)) * DEGREES,
  ];
}

/** The same rotation by angles that are nearest to others. */
export function nearestEuler(angles: Vec3, to: Vec3): Vec3 {
  const near = (value: number, i: number): number => value + 360 * Math.round((to[i]! - value) / 360);
  const plain = angles.map(near) as Vec3;
  const other = [angles[0] + 180, 180 - angles[1], angles[2] + 180].map(near) as Vec3;
  const distance = (a: Vec3): number => a.reduce((sum, value, i) => sum + Math.abs(value - to[i]!), 0);
  return distance(other) < distance(plain) ? other : plain;
}

/** Angles over time. */
export interface EulerKeys {
  times: number[];
  angles: Vec3[];
}

/**
 * Samples a track of rotations so that angles that change linearly between the samples follow it within a twentieth of
 * a degree.
 *
 * @param times where a sample is taken in any case
 */
export function sampleEuler(track: Track, times: readonly number[]): EulerKeys {
  const keys: EulerKeys = { times: [], angles: [] };
  const value = new Float64Array(4);
  const at = (time: number, near: Vec3 | undefined): Vec3 => {
    track.sample(time, value, 0);
    const angles = quatToEuler([...value]);
    return near ? nearestEuler(angles, near) : angles;
  };
  const add = (time: number, angles: Vec3): void => {
    keys.times.push(time);
    keys.angles.push(angles);
  };
  const follow = (from: number, a: Vec3, to: number): void => {
    const b = at(to, a);
    if (to - from > SHORTEST && !isStraight(from, a, to, b)) {
      const middle = (from + to) / 2;
      follow(from, a, middle);
      follow(middle, keys.angles.at(-1)!, to);
      return;
    }
    add(to, b);
  };
  const isStraight = (from: number, a: Vec3, to: number, b: Vec3): boolean =>
    [0.25, 0.5, 0.75].every((share) => {
      track.sample(from + (to - from) * share, value, 0);
      const straight = eulerToQuat(a.map((angle, i) => angle + (b[i]! - angle) * share) as Vec3);
      return angleBetween([...value] as Quat, straight) < TOLERANCE;
    });
  for (const time of times) {
    const last = keys.times.at(-1);
    if (last === undefined) add(time, at(time, undefined));
    else if (track.interpolation === 'STEP') add(time, at(time, keys.angles.at(-1)!));
    else follow(last, keys.angles.at(-1)!, time);
  }
  return keys;
}

function angleBetween(a: Quat, b: Quat): number {
  const dot = Math.min(1, Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]));
  return 2 * Math.acos(dot) * DEGREES;
}

function wrap(angle: number): number {
  return angle - 360 * Math.round(angle / 360);
}
