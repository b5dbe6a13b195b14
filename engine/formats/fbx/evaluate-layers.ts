import { eulerToQuat, multiplyQuat, type Quat, type Vec3 } from './affine.ts';
import { evaluateCurve } from './animation-curve.ts';
import { type AnimationChannel, type AnimationLayer, type AnimationStack, layerWeight } from './read-animation.ts';

/** The layers of a stack that animate a property, from the bottom up. */
export interface LayeredChannel {
  layer: AnimationLayer;
  /** Whether it is the base layer of the stack, which replaces the rest value. */
  base: boolean;
  channel: AnimationChannel;
}

export function findChannels(stack: AnimationStack, keys: readonly string[]): LayeredChannel[] {
  return stack.layers.flatMap((layer, index) => {
    const channel = keys.map((key) => layer.channels.get(key)).find((found) => found !== undefined);
    return channel ? [{ layer, base: index === 0, channel }] : [];
  });
}

function numberOf(channel: AnimationChannel, axis: number, time: number, below: number): number {
  const curve = channel.curves[axis];
  return curve ? evaluateCurve(curve, time) : (channel.defaults[axis] ?? below);
}

function vectorOf(channel: AnimationChannel, time: number, below: Vec3): Vec3 {
  return [
    numberOf(channel, 0, time, below[0]),
    numberOf(channel, 1, time, below[1]),
    numberOf(channel, 2, time, below[2]),
  ];
}

/** A single animated number. */
export function evaluateNumber(channels: readonly LayeredChannel[], rest: number, time: number): number {
  let result = rest;
  for (const { layer, base, channel } of channels) {
    const value = numberOf(channel, 0, time, result);
    if (base || layer.blend === 'override') result = value;
    else if (layer.blend === 'add') result += value * layerWeight(layer, time);
    else result += (value - result) * layerWeight(layer, time);
  }
  return result;
}

/** A translation or a scale. */
export function evaluateVector(channels: readonly LayeredChannel[], rest: Vec3, time: number, isScale: boolean): Vec3 {
  let result = rest;
  for (const { layer, base, channel } of channels) {
    const value = vectorOf(channel, time, result);
    if (base || layer.blend === 'override') {
      result = value;
      continue;
    }
    const weight = layerWeight(layer, time);
    const below = result;
    const combine = (axis: number): number => {
      const v = value[axis]!;
      const r = below[axis]!;
      if (isScale && layer.composeScale) {
        return layer.blend === 'add' ? r * power(v, weight) : power(r, 1 - weight) * power(v, weight);
      }
      return layer.blend === 'add' ? r + v * weight : r + (v - r) * weight;
    };
    result = [combine(0), combine(1), combine(2)];
  }
  return result;
}

function power(value: number, exponent: number): number {
  return value >= 0 ? value ** exponent : -((-value) ** exponent);
}

/** A rotation, with the Euler angles of the layers that add angles (for finding full turns). */
export function evaluateRotation(
  channels: readonly LayeredChannel[],
  rest: Vec3,
  order: number,
  time: number,
): { quat: Quat; degrees: Vec3 } {
  let degrees = rest;
  let composed: Quat | null = null;
  for (const { layer, base, channel } of channels) {
    const value = vectorOf(channel, time, degrees);
    if (base || layer.blend === 'override') {
      degrees = value;
      composed = null;
      continue;
    }
    const weight = layerWeight(layer, time);
    if (layer.composeRotation) {
      const turn = eulerToQuat(value, order);
      const below: Quat = composed ?? eulerToQuat(degrees, order);
      composed =
        layer.blend === 'add' ? multiplyQuat(below, slerp([0, 0, 0, 1], turn, weight)) : slerp(below, turn, weight);
    } else if (layer.blend === 'add') {
      const added: Vec3 = [value[0] * weight, value[1] * weight, value[2] * weight];
      if (composed) composed = multiplyQuat(composed, eulerToQuat(added, order));
      else degrees = [degrees[0] + added[0], degrees[1] + added[1], degrees[2] + added[2]];
    } else if (composed) {
      composed = slerp(composed, eulerToQuat(value, order), weight);
    } else {
      const below: Vec3 = degrees;
      degrees = [0, 1, 2].map((axis) => below[axis]! + (value[axis]! - below[axis]!) * weight) as Vec3;
    }
  }
  return { quat: composed ?? eulerToQuat(degrees, order), degrees };
}

/** Spherical interpolation along the shorter way. */
export function slerp(a: Quat, b: Quat, share: number): Quat {
  let dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
  const sign = dot < 0 ? -1 : 1;
  dot *= sign;
  let wa = 1 - share;
  let wb = share * sign;
  if (dot < 0.9999) {
    const angle = Math.acos(dot);
    const scale = 1 / Math.sin(angle);
    wa = Math.sin(wa * angle) * scale;
    wb = Math.sin(share * angle) * scale * sign;
  }
  const out: Quat = [a[0] * wa + b[0] * wb, a[1] * wa + b[1] * wb, a[2] * wa + b[2] * wb, a[3] * wa + b[3] * wb];
  const length = Math.hypot(...out) || 1;
  return [out[0] / length, out[1] / length, out[2] / length, out[3] / length];
}

/** The times at which anything may bend: keys inside the range, its ends, and a grid where curves repeat. */
export function collectKnots(channels: readonly LayeredChannel[], start: number, stop: number): Float64Array {
  const times = [start, stop];
  const add = (curve: AnimationChannel['curves'][number] | undefined): void => {
    if (!curve) return;
    for (const time of curve.times) if (time > start && time < stop) times.push(time);
    const before = curve.before.mode !== 'constant' && start < curve.times[0]!;
    const after = curve.after.mode !== 'constant' && stop > curve.times.at(-1)!;
    if (curve.times.length < 2 || !(before || after)) return;
    const step = Math.max(1 / 30, (stop - start) / 20_000);
    for (let time = start + step; time < stop; time += step) times.push(time);
  };
  for (const { layer, channel } of channels) {
    channel.curves.forEach(add);
    add(layer.weightCurve);
  }
  const sorted = Float64Array.from(times).sort();
  // Keys closer together than single precision can tell apart are one.
  return sorted.filter((time, i) => i === 0 || time - sorted[i - 1]! > 1e-6);
}
