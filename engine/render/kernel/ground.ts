// The ground under the model: seen only by the light that the model keeps from it.

import { HEADER, H_BACKGROUND_MODE, H_GROUND, H_GROUND_BOX, H_GROUND_REACH, H_GROUND_Y } from './layout';
import { loadGround } from './surface';
import { restoreHit } from './traverse';
import { madd, X, Y, Z } from './vec';

/** Distance of the ground along the last ray that met it, and how much of its shadow shows there. */
export let groundT: f32 = 0;
export let groundShow: f32 = 0;
/** Stands for the ground in signatures and samples. */
export const GROUND_MATERIAL: u32 = 0x1fffffff;
/** Light that reaches the ground everywhere, bounced off what surrounds it. */
const BOUNCED: f32 = 0.1;

/** Whether the ray meets the ground from above, near enough to the model to show a shadow. */
export function meetsGround(origin: v128, ray: v128): bool {
  if (!load<i32>(HEADER + H_GROUND) || Y(ray) > <f32>-1e-4) return false;
  const t = (load<f32>(HEADER + H_GROUND_Y) - Y(origin)) / Y(ray);
  if (!(t > 0)) return false;
  const x = X(origin) + X(ray) * t, z = Z(origin) + Z(ray) * t;
  const dx = max<f32>(max<f32>(load<f32>(HEADER + H_GROUND_BOX) - x, x - load<f32>(HEADER + H_GROUND_BOX + 8)), 0);
  const dz = max<f32>(max<f32>(load<f32>(HEADER + H_GROUND_BOX + 4) - z, z - load<f32>(HEADER + H_GROUND_BOX + 12)), 0);
  const far = sqrt<f32>(dx * dx + dz * dz) / load<f32>(HEADER + H_GROUND_REACH);
  if (far >= 1) return false;
  groundT = t;
  groundShow = (1 - far) * (1 - far) * (1 + 2 * far);
  return true;
}

/** Makes the ground at `groundT` the loaded surface. */
export function loadGroundHit(origin: v128, ray: v128): void {
  restoreHit(groundT, 0, 0, 0, 0, 0, 0);
  loadGround(madd(origin, ray, groundT), GROUND_MATERIAL);
}

/**
 * Coverage of the shadow for the share of light that arrives. Transparent pictures are laid over others in sRGB, so
 * that there the share is encoded first.
 */
export function shadowCoverage(lit: f32): f32 {
  const light: f32 = <f32>1 - (<f32>1 - BOUNCED) * (<f32>1 - lit) * groundShow;
  return <f32>1 - (load<i32>(HEADER + H_BACKGROUND_MODE) ? light : Mathf.pow(light, <f32>(1.0 / 2.2)));
}
