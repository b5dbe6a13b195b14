// Punctual lights (KHR_lights_punctual) with traced shadows.

import {
  H_LIGHT_COUNT, H_LIGHTS, HEADER, LIGHT_AXIS, LIGHT_BYTES, LIGHT_COLOR, LIGHT_DIRECTIONAL, LIGHT_KIND, LIGHT_RANGE,
  LIGHT_SPOT, LIGHT_SPOT_OFFSET, LIGHT_SPOT_SCALE,
} from './layout';
import { geometric, normal, position } from './surface';
import { occluded } from './traverse';
import { dot, load3, madd, saturate, scale, sub, X, Y, Z } from './vec';

/** Unit direction from the point given last to a light, its distance, and the light that arrives head on. */
export let towardsLight: v128 = f32x4.splat(0);
export let lightDistance: f32 = 0;
export let arriving: v128 = f32x4.splat(0);

/** Distance that shadow rays keep from the surface they leave, in render space. */
const OFFSET: f32 = 5e-5;

/** Loads light `index` as point `at` gets it; false where none arrives. Falloff as the extension recommends. */
export function lightAt(index: i32, at: v128): bool {
  const light = <usize>load<u32>(HEADER + H_LIGHTS) + <usize>index * LIGHT_BYTES;
  const kind = load<i32>(light, LIGHT_KIND);
  const color = load3(light + LIGHT_COLOR), axis = load3(light + LIGHT_AXIS);
  if (kind == LIGHT_DIRECTIONAL) {
    towardsLight = axis;
    lightDistance = 1e30;
    arriving = color;
    return true;
  }
  const v = sub(load3(light), at);
  const d2 = max<f32>(dot(v, v), 1e-8);
  lightDistance = sqrt<f32>(d2);
  towardsLight = scale(v, <f32>1 / lightDistance);
  let share = <f32>1 / d2;
  const range = load<f32>(light, LIGHT_RANGE);
  if (range > 0) {
    const q = lightDistance / range;
    share *= saturate(<f32>1 - q * q * q * q);
  }
  if (kind == LIGHT_SPOT) {
    const angular = saturate(-dot(axis, towardsLight) * load<f32>(light, LIGHT_SPOT_SCALE) + load<f32>(light, LIGHT_SPOT_OFFSET));
    share *= angular * angular;
  }
  if (!(share > 0)) return false;
  arriving = scale(color, share);
  return true;
}

/** Loads light `index` as the loaded surface gets it; false where none arrives. */
export function loadLight(index: i32): bool {
  return lightAt(index, position) && dot(normal, towardsLight) > 0 && dot(geometric, towardsLight) > 0;
}

/** Lights that reach the loaded surface, a bit each. */
export function traceLights(stack: usize): u32 {
  const count = load<i32>(HEADER + H_LIGHT_COUNT);
  const p = madd(position, geometric, OFFSET);
  let reached: u32 = 0;
  for (let i = 0; i < count; i++) {
    if (!loadLight(i)) continue;
    const w = towardsLight;
    if (!occluded(stack, X(p), Y(p), Z(p), X(w), Y(w), Z(w), 0, lightDistance - OFFSET)) reached |= <u32>1 << i;
  }
  return reached;
}
