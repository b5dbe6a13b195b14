// Volumes that a path is inside of, the innermost last.

import { H_MODEL_UNIT, HEADER, M_ATTENUATION, M_DISPERSION, M_FLAGS, M_IOR, MF_DISPERSION } from './layout';
import { mul, vec3 } from './vec';

const MOST: i32 = 4;
let depth: i32 = 0;
let inside0: usize = 0;
let inside1: usize = 0;
let inside2: usize = 0;
let inside3: usize = 0;

/** Place in the spectrum, 0 red to 1 blue, once a path has been through something that disperses; else negative. */
let wavelength: f32 = -1;

export function leaveAll(): void {
  depth = 0;
  wavelength = -1;
}

// @ts-ignore: decorator
@inline
function at(i: i32): usize {
  return i == 0 ? inside0 : i == 1 ? inside1 : i == 2 ? inside2 : inside3;
}

// @ts-ignore: decorator
@inline
function put(i: i32, material: usize): void {
  if (i == 0) inside0 = material;
  else if (i == 1) inside1 = material;
  else if (i == 2) inside2 = material;
  else inside3 = material;
}

export function enterVolume(material: usize): void {
  if (depth < MOST) put(depth++, material);
}

/** Leaves the innermost volume of this material; of a model that is not closed there may be none. */
export function leaveVolume(material: usize): void {
  for (let i = depth - 1; i >= 0; i--) {
    if (at(i) != material) continue;
    for (let k = i; k < depth - 1; k++) put(k, at(k + 1));
    depth--;
    return;
  }
}

/**
 * Index of refraction at the path's wavelength, or at `choice` where it has none yet. KHR_materials_dispersion spreads
 * red and blue by 0.025 · dispersion · (ior − 1) to both sides; the channels' mean wavelengths lie at 1/6, 1/2 and 5/6.
 */
function indexOf(material: usize, choice: f32): f32 {
  let ior = load<f32>(material, M_IOR);
  if (!(ior > 0)) ior = 1.5;
  if (load<u32>(material, M_FLAGS) & MF_DISPERSION) {
    const w = wavelength >= 0 ? wavelength : choice;
    ior += (w - <f32>0.5) * 3 * <f32>0.025 * load<f32>(material, M_DISPERSION) * (ior - 1);
  }
  return max<f32>(ior, 1);
}

/** Index beyond a volume's surface over that before it. */
export function relativeIndex(material: usize, entering: bool, choice: f32): f32 {
  const own = indexOf(material, choice);
  if (entering) return own / (depth > 0 ? indexOf(at(depth - 1), choice) : <f32>1);
  let outer: f32 = 1;
  for (let i = depth - 1; i >= 0; i--) {
    if (at(i) != material) continue;
    if (i > 0) outer = indexOf(at(i - 1), choice);
    break;
  }
  return outer / own;
}

/** Fixes the path's wavelength when it is first bent by something that disperses; its colour, or white. */
export function disperse(material: usize, choice: f32): v128 {
  if (wavelength >= 0 || !(load<u32>(material, M_FLAGS) & MF_DISPERSION)) return f32x4.splat(1);
  wavelength = choice;
  // Overlapping tents for the channels, each of mean 1 over the spectrum.
  return vec3(
    4 * max<f32>(1 - 2 * choice, 0),
    2 * (<f32>1 - abs<f32>(2 * choice - 1)),
    4 * max<f32>(2 * choice - 1, 0),
  );
}

/** Whether the path is inside of some volume. */
// @ts-ignore: decorator
@inline
export function insideVolume(): bool {
  return depth > 0;
}

/** What is left of light after `distance` in render space, inside of a volume of `material` (Beer's law). */
export function attenuated(light: v128, material: usize, distance: f32): v128 {
  const m = material + M_ATTENUATION;
  const x = load<f32>(m), y = load<f32>(m, 4), z = load<f32>(m, 8);
  if (x + y + z == 0) return light;
  const d = distance * load<f32>(HEADER + H_MODEL_UNIT);
  return mul(light, vec3(Mathf.exp(-x * d), Mathf.exp(-y * d), Mathf.exp(-z * d)));
}

/** What is left of light after `distance` where the path is. */
// @ts-ignore: decorator
@inline
export function absorb(light: v128, distance: f32): v128 {
  return depth == 0 ? light : attenuated(light, at(depth - 1), distance);
}
