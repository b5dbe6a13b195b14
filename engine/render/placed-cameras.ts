import type { Camera as FileCamera, Node } from '@gltf-transform/core';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { CameraPlace, ImageRequest } from '#contracts/render/image-request.ts';
import { unknownName } from '../animation/errors.ts';
import type { Camera } from './camera.ts';
import type { SceneNodes } from './draws.ts';
import { axesAlong } from './look-at.ts';
import { atan, length3, tanDegrees } from './portable-math.ts';
import { type Normalisation, toModel, toRenderSpace } from './render-space.ts';
import type { PlacedCamera } from './rendered-image.ts';
import { minus, type Vector } from './vector.ts';

/** Height of the sensor that f-numbers refer to, in metres: full frame. */
const SENSOR_HEIGHT = 0.024;

/** Cameras of a scene that is drawn, in order, each under its node's name, else its own, else its number. */
export function listCameras({ world }: Pick<SceneNodes, 'world'>): { name: string; node: Node; camera: FileCamera }[] {
  const found: { name: string; node: Node; camera: FileCamera }[] = [];
  for (const node of world.keys()) {
    const camera = node.getCamera();
    if (camera) found.push({ name: node.getName() || camera.getName() || String(found.length), node, camera });
  }
  return found;
}

/**
 * The camera that a request names or places, in render space; undefined where it asks for a view.
 *
 * A camera of the file keeps all that it frames: its vertical field, and its horizontal one where the file has an aspect
 * ratio and the picture is narrower.
 *
 * @throws MaquetteError `invalid_request` when the file has no such camera, or the place has no direction
 */
export function placedCamera(
  request: Pick<ImageRequest, 'camera' | 'width' | 'height' | 'fieldOfView' | 'projection'>,
  nodes: Pick<SceneNodes, 'world'>,
  normalisation: Normalisation,
): Camera | undefined {
  const { camera, width, height } = request;
  if (camera === undefined) return undefined;
  const aspect = width / height;
  if (typeof camera !== 'string') return cameraAt(camera, request, aspect, normalisation);
  const cameras = listCameras(nodes);
  const found = cameras.find(({ name }) => name === camera);
  if (!found) {
    const names = cameras.map(({ name }) => name);
    throw unknownName('camera', 'cameras', camera, names);
  }
  const m = nodes.world.get(found.node)!;
  const axes = axesAlong([-m[2]!, -m[6]!, -m[10]!], [m[1]!, m[5]!, m[9]!], camera);
  const origin = toRenderSpace([m[3]!, m[7]!, m[11]!], normalisation);
  const file = found.camera;
  if (file.getType() === 'orthographic') {
    const half = Math.max(file.getYMag(), file.getXMag() / aspect) * normalisation.scale;
    return { ...axes, projection: 'orthographic', origin, tanX: half * aspect, tanY: half };
  }
  const vertical = tanDegrees((file.getYFov() * 90) / Math.PI);
  const tanY = Math.max(vertical, (vertical * (file.getAspectRatio() ?? 0)) / aspect);
  return { ...axes, projection: 'perspective', origin, tanX: tanY * aspect, tanY };
}

/** The camera at a place, in render space. @throws MaquetteError `invalid_request` when the place has no direction */
export function cameraAt(
  { position, target, up }: CameraPlace,
  { fieldOfView, projection }: Pick<ImageRequest, 'fieldOfView' | 'projection'>,
  aspect: number,
  normalisation: Normalisation,
): Camera {
  const forward = minus(target, position);
  const axes = axesAlong(forward, up);
  const distance = length3(...forward) * normalisation.scale;
  const tanY = tanDegrees(fieldOfView / 2) * (projection === 'orthographic' ? distance : 1);
  const origin = toRenderSpace(position, normalisation);
  return { ...axes, projection, origin, tanX: tanY * aspect, tanY };
}

/**
 * The camera with the lens that a request gives it: a full-frame lens (sensor 24 mm high) of the focal length that makes
 * its field of view, in focus at `focusDistance`, else at the target, else at the middle of the model.
 *
 * @throws MaquetteError `invalid_request` when the camera is orthographic
 */
export function withLens(camera: Camera, request: LensRequest, normalisation: Normalisation): Camera {
  const { scale, center } = normalisation;
  const { fStop, focusDistance, camera: place } = request;
  if (fStop === undefined || camera.lens) return camera;
  if (camera.projection === 'orthographic') {
    throw new MaquetteError('invalid_request', 'An orthographic camera has no depth of field.', {
      remedy: 'Leave `fStop` out, or ask for the perspective projection.',
    });
  }
  const along = (point: Vector) =>
    toRenderSpace(point, normalisation).reduce((sum, x, i) => sum + (x - camera.origin[i]!) * camera.forward[i]!, 0);
  const target = typeof place === 'object' ? place.target : center;
  const focus = focusDistance === undefined ? along(target) : focusDistance * scale;
  const focalLength = SENSOR_HEIGHT / 2 / camera.tanY;
  const radius = (focalLength / (2 * fStop)) * scale;
  return { ...camera, lens: { radius, focusDistance: Math.max(focus, 1e-4) } };
}

/** A camera of render space in the model's. */
export function toModelSpace(camera: Camera, normalisation: Normalisation): PlacedCamera {
  const { projection, origin, right, up, forward, tanY } = camera;
  const position = toModel(origin, normalisation);
  const flat = projection === 'orthographic';
  return {
    projection,
    position,
    right,
    up,
    forward,
    fieldOfView: flat ? 0 : (atan(tanY) * 360) / Math.PI,
    viewHeight: flat ? (tanY * 2) / normalisation.scale : 0,
  };
}

export type LensRequest = Pick<ImageRequest, 'fStop' | 'focusDistance' | 'camera'>;
