// Rays of the pinhole camera. The image plane lies at depth 1 along the view axis, so a ray's parameter before it is
// made unit is depth.

import { H_CAMERA_CORNER, H_CAMERA_DOWN, H_CAMERA_ORIGIN, H_CAMERA_RIGHT, HEADER } from './layout';
import { madd } from './vec';

// @ts-ignore: decorator
@inline
export function cameraOrigin(): v128 {
  return v128.load(HEADER + H_CAMERA_ORIGIN);
}
// @ts-ignore: decorator
@inline
export function pixelRight(): v128 {
  return v128.load(HEADER + H_CAMERA_RIGHT);
}
// @ts-ignore: decorator
@inline
export function pixelDown(): v128 {
  return v128.load(HEADER + H_CAMERA_DOWN);
}
/** Direction through image position (x, y) in pixels, not unit. */
// @ts-ignore: decorator
@inline
export function planeDirection(x: f32, y: f32): v128 {
  return madd(madd(v128.load(HEADER + H_CAMERA_CORNER), pixelRight(), x), pixelDown(), y);
}
