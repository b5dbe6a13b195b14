// Rays of the camera: perspective or orthographic, through a pinhole or a thin lens. A ray's direction before it is made
// unit has length 1 along the view axis, so a ray's parameter before it is made unit is depth.

import {
  H_CAMERA_CORNER, H_CAMERA_DOWN, H_CAMERA_FORWARD, H_CAMERA_ORIGIN, H_CAMERA_ORTHOGRAPHIC, H_CAMERA_RIGHT, H_LENS,
  H_LENS_FOCUS, H_LENS_RIGHT, H_LENS_UP, HEADER,
} from './layout';
import { add, dot, madd, scale, sub } from './vec';

/** Where the last ray begins, its direction of depth 1, that direction's length, and the unit direction. */
export let rayOrigin: v128 = f32x4.splat(0);
export let rayPlane: v128 = f32x4.splat(0);
export let rayLength: f32 = 1;
export let rayDirection: v128 = f32x4.splat(0);

// @ts-ignore: decorator
@inline
export function isOrthographic(): bool {
  return load<i32>(HEADER + H_CAMERA_ORTHOGRAPHIC) != 0;
}
/** Whether the camera has a lens that blurs what is out of focus. */
// @ts-ignore: decorator
@inline
export function hasLens(): bool {
  return load<i32>(HEADER + H_LENS) != 0;
}
/** Step to the next pixel: in the plane at depth 1, or in render space when the camera is orthographic. */
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
/** Side of a pixel, in the plane at depth 1 or in render space: the error that planes may show. */
// @ts-ignore: decorator
@inline
export function pixelSide(): f32 {
  return sqrt<f32>(dot(pixelRight(), pixelRight()));
}

/** Unit axes of the picture. */
// @ts-ignore: decorator
@inline
export function cameraAxisRight(): v128 {
  return scale(pixelRight(), <f32>1 / pixelSide());
}
// @ts-ignore: decorator
@inline
export function cameraAxisUp(): v128 {
  return scale(pixelDown(), <f32>-1 / sqrt<f32>(dot(pixelDown(), pixelDown())));
}

// @ts-ignore: decorator
@inline
function onPlane(x: f32, y: f32): v128 {
  return madd(madd(v128.load(HEADER + H_CAMERA_CORNER), pixelRight(), x), pixelDown(), y);
}

/** Direction through image position (x, y) in pixels, of depth 1. */
// @ts-ignore: decorator
@inline
export function planeDirection(x: f32, y: f32): v128 {
  return isOrthographic() ? v128.load(HEADER + H_CAMERA_FORWARD) : onPlane(x, y);
}

/** Sets the ray from the middle of the lens through image position (x, y) in pixels. */
export function pinholeRay(x: f32, y: f32): void {
  const p = onPlane(x, y);
  const origin = v128.load(HEADER + H_CAMERA_ORIGIN);
  if (isOrthographic()) {
    rayOrigin = add(origin, p);
    rayPlane = v128.load(HEADER + H_CAMERA_FORWARD);
    rayLength = 1;
    rayDirection = rayPlane;
    return;
  }
  rayOrigin = origin;
  rayPlane = p;
  rayLength = sqrt<f32>(dot(p, p));
  rayDirection = scale(p, <f32>1 / rayLength);
}

/**
 * Sets the ray through image position (x, y) in pixels from a point of the lens, given by (lensU, lensV) in the unit
 * square (Shirley and Chiu, "A low distortion map between disk and square", 1997). Rays through one image position
 * meet in the plane in focus (Cook, Porter and Carpenter, "Distributed ray tracing", 1984). Without a lens all of
 * them are the same.
 */
export function cameraRay(x: f32, y: f32, lensU: f32, lensV: f32): void {
  pinholeRay(x, y);
  if (!hasLens()) return;
  const a = lensU * 2 - 1, b = lensV * 2 - 1;
  if (a == 0 && b == 0) return;
  const wide = abs<f32>(a) > abs<f32>(b);
  const r = wide ? a : b;
  const phi = wide ? <f32>0.78539816 * (b / a) : <f32>1.57079633 - <f32>0.78539816 * (a / b);
  const o = add(
    scale(v128.load(HEADER + H_LENS_RIGHT), r * Mathf.cos(phi)),
    scale(v128.load(HEADER + H_LENS_UP), r * Mathf.sin(phi)),
  );
  rayOrigin = add(rayOrigin, o);
  rayPlane = sub(rayPlane, scale(o, load<f32>(HEADER + H_LENS_FOCUS)));
  rayLength = sqrt<f32>(dot(rayPlane, rayPlane));
  rayDirection = scale(rayPlane, <f32>1 / rayLength);
}

/**
 * What makes a step in the image plane (`pixelRight`, `pixelDown`) a change of `rayPlane` for `loadSurface`, when the
 * ray meets its surface at distance `t`: where rays are parallel, their distance does not grow with depth.
 */
// @ts-ignore: decorator
@inline
export function stepScale(t: f32): f32 {
  return isOrthographic() ? rayLength / t : 1;
}

/** Image position of a point of render space, in pixels, as the middle of the lens sees it. */
export let imageX: f32 = 0;
export let imageY: f32 = 0;
/** Finds the image position of `p`; returns its depth. */
export function project(p: v128): f32 {
  const right = pixelRight(), down = pixelDown(), corner = v128.load(HEADER + H_CAMERA_CORNER);
  const d = sub(p, v128.load(HEADER + H_CAMERA_ORIGIN));
  const depth = dot(d, v128.load(HEADER + H_CAMERA_FORWARD));
  const q = sub(isOrthographic() ? d : scale(d, <f32>1 / depth), corner);
  imageX = dot(q, right) / dot(right, right);
  imageY = dot(q, down) / dot(down, down);
  return depth;
}
