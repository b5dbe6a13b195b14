import type { Accessor } from '@gltf-transform/core';

/** What a curve is, and how far it may be off. */
export interface Curve {
  /** Values hold until the next key. */
  step: boolean;
  /** Values are unit quaternions. */
  turns: boolean;
  /** In the unit of the values; of rotations the angle in radians. */
  tolerance: number;
}

/** Shares of the way between two keys at which rotations are compared, beside the keys themselves. */
const BETWEEN = [0, 0.5];

/**
 * Which keys of a curve are needed: without the others, it is nowhere further off than the tolerance. The first and the
 * last stay. Between two keys the one that is furthest off is kept, until none is off (Douglas and Peucker, "Algorithms
 * for the reduction of the number of points", 1973, with distances at equal times). Straight lines differ most at the
 * keys; rotations are compared half-way as well.
 *
 * @returns their numbers, ascending
 */
export function neededKeys(input: Accessor, output: Accessor, { step, turns, tolerance }: Curve): Uint32Array {
  const count = input.getCount();
  const times = input.getArray()!;
  const values = elementsOf(output);
  const size = values.length / count;
  const kept = new Uint8Array(count);
  kept[0] = 1;
  kept[count - 1] = 1;
  if (step) keepSteps(values, size, tolerance, kept);
  else {
    const distance = turns ? turnDistance(values, times) : lineDistance(values, size, times);
    const open: [number, number][] = [[0, count - 1]];
    for (let span = open.pop(); span; span = open.pop()) {
      const [from, to] = span;
      let furthest = -1;
      let most = tolerance;
      for (let key = from + 1; key < to; key++) {
        const off = distance(from, to, key);
        // What is no number is kept.
        if (off <= most) continue;
        most = off;
        furthest = key;
        if (Number.isNaN(off)) break;
      }
      if (furthest < 0) continue;
      kept[furthest] = 1;
      open.push([from, furthest], [furthest, to]);
    }
  }
  const keys: number[] = [];
  for (let key = 0; key < count; key++) if (kept[key]) keys.push(key);
  return new Uint32Array(keys);
}

function keepSteps(values: Float64Array, size: number, tolerance: number, kept: Uint8Array): void {
  let held = 0;
  for (let key = 1; key < kept.length; key++) {
    let off = 0;
    for (let i = 0; i < size; i++) off = Math.max(off, Math.abs(values[key * size + i]! - values[held * size + i]!));
    if (off <= tolerance) continue;
    kept[key] = 1;
    held = key;
  }
}

/** How far the values at a key are from the line between two others. */
function lineDistance(values: Float64Array, size: number, times: ArrayLike<number>) {
  return (from: number, to: number, key: number): number => {
    const span = times[to]! - times[from]!;
    const share = span > 0 ? (times[key]! - times[from]!) / span : 0;
    let square = 0;
    for (let i = 0; i < size; i++) {
      const a = values[from * size + i]!;
      const off = values[key * size + i]! - (a + (values[to * size + i]! - a) * share);
      square += off * off;
    }
    return Math.sqrt(square);
  };
}

/** The angle between the rotation at a key, or half-way to the next, and the arc between two others. */
function turnDistance(values: Float64Array, times: ArrayLike<number>) {
  const there = new Float64Array(4);
  const here = new Float64Array(4);
  return (from: number, to: number, key: number): number => {
    const span = times[to]! - times[from]!;
    let most = 0;
    for (const part of BETWEEN) {
      const time = times[key]! + (times[key + 1]! - times[key]!) * part;
      slerp(values, from, to, span > 0 ? (time - times[from]!) / span : 0, there);
      slerp(values, key, key + 1, part, here);
      const angle = angleBetween(there, here);
      if (!(angle <= most)) most = angle;
    }
    return most;
  };
}

/** Spherical interpolation along the shorter arc (glTF 2.0, appendix C). */
function slerp(values: Float64Array, from: number, to: number, share: number, out: Float64Array): void {
  let dot = 0;
  for (let i = 0; i < 4; i++) dot += values[from * 4 + i]! * values[to * 4 + i]!;
  const sign = dot < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(dot)));
  const sine = Math.sin(angle);
  const a = sine > 1e-6 ? Math.sin((1 - share) * angle) / sine : 1 - share;
  const b = (sine > 1e-6 ? Math.sin(share * angle) / sine : share) * sign;
  for (let i = 0; i < 4; i++) out[i] = a * values[from * 4 + i]! + b * values[to * 4 + i]!;
}

/** In radians. Of small angles the sine is exact where the cosine is not. */
function angleBetween(a: Float64Array, b: Float64Array): number {
  let dot = 0;
  for (let i = 0; i < 4; i++) dot += a[i]! * b[i]!;
  const sign = dot < 0 ? -1 : 1;
  let square = 0;
  for (let i = 0; i < 4; i++) square += (a[i]! - sign * b[i]!) ** 2;
  return 4 * Math.asin(Math.min(1, Math.sqrt(square) / 2));
}

function elementsOf(accessor: Accessor): Float64Array {
  const size = accessor.getElementSize();
  const values = new Float64Array(accessor.getCount() * size);
  const element: number[] = [];
  for (let i = 0; i < accessor.getCount(); i++) {
    accessor.getElement(i, element);
    for (let k = 0; k < size; k++) values[i * size + k] = element[k]!;
  }
  return values;
}
