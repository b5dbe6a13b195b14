// Rays of the camera, four at once.

import { isOrthographic, pixelDown, pixelRight } from './camera';
import { dots } from './four';
import { H_CAMERA_CORNER, H_CAMERA_FORWARD, H_CAMERA_ORIGIN, HEADER } from './layout';
import { setRays } from './traverse-four';
import { X, Y, Z } from './vec';

// @ts-ignore: decorator
@inline
function onPlane(corner: f32, right: f32, down: f32, x: v128, y: v128): v128 {
  return f32x4.add(f32x4.add(f32x4.splat(corner), f32x4.mul(f32x4.splat(right), x)), f32x4.mul(f32x4.splat(down), y));
}

// Components of the last directions: `planeDirections`.
export let planeX: v128 = f32x4.splat(0);
export let planeY: v128 = f32x4.splat(0);
export let planeZ: v128 = f32x4.splat(0);

/** Sets the places of four image positions, in pixels, in the plane at depth 1. */
// @ts-ignore: decorator
@inline
export function placeOnPlane(x: v128, y: v128): void {
  const c = v128.load(HEADER + H_CAMERA_CORNER), right = pixelRight(), down = pixelDown();
  planeX = onPlane(X(c), X(right), X(down), x, y);
  planeY = onPlane(Y(c), Y(right), Y(down), x, y);
  planeZ = onPlane(Z(c), Z(right), Z(down), x, y);
}

/** Makes the rays of `pinholeRay` (camera.ts) through four image positions, in pixels, those at `four`. */
export function setPinholeRays(four: usize, x: v128, y: v128): void {
  placeOnPlane(x, y);
  const o = v128.load(HEADER + H_CAMERA_ORIGIN);
  const ox = f32x4.splat(X(o)), oy = f32x4.splat(Y(o)), oz = f32x4.splat(Z(o));
  if (isOrthographic()) {
    const d = v128.load(HEADER + H_CAMERA_FORWARD);
    setRays(
      four, f32x4.add(ox, planeX), f32x4.add(oy, planeY), f32x4.add(oz, planeZ), f32x4.splat(X(d)), f32x4.splat(Y(d)),
      f32x4.splat(Z(d)),
    );
    return;
  }
  const k = f32x4.div(f32x4.splat(1), f32x4.sqrt(dots(planeX, planeY, planeZ, planeX, planeY, planeZ)));
  setRays(four, ox, oy, oz, f32x4.mul(planeX, k), f32x4.mul(planeY, k), f32x4.mul(planeZ, k));
}
