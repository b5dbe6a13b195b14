import type { Camera } from '@gltf-transform/core';
import type { UsdPrim } from '../usd-layer.ts';

/** Height of the film in tenths of the stage's unit. Only its ratio to the focal length shows. */
const FILM_HEIGHT = 24;
const DEFAULT_ASPECT = 1.5;
/** The far plane of a camera that sees infinitely far. */
const FAR = 1e6;

/** Writes a camera (`UsdGeomCamera`), which looks along −Z as in glTF. */
export function writeCamera(prim: UsdPrim, camera: Camera): void {
  const far = camera.getZFar();
  prim.attribute('clippingRange', 'float2', [camera.getZNear(), far && Number.isFinite(far) ? far : FAR]);
  if (camera.getType() === 'orthographic') {
    prim
      .attribute('projection', 'token', 'orthographic')
      .attribute('horizontalAperture', 'float', camera.getXMag() * 20)
      .attribute('verticalAperture', 'float', camera.getYMag() * 20);
    return;
  }
  const aspect = camera.getAspectRatio() || DEFAULT_ASPECT;
  prim
    .attribute('projection', 'token', 'perspective')
    .attribute('horizontalAperture', 'float', FILM_HEIGHT * aspect)
    .attribute('verticalAperture', 'float', FILM_HEIGHT)
    .attribute('focalLength', 'float', FILM_HEIGHT / (2 * Math.tan(camera.getYFov() / 2)));
}
