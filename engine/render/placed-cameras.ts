import type { Camera as FileCamera, Node } from '@gltf-transform/core';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { CameraPlace, ImageRequest } from '#contracts/render/image-request.ts';
import { unknownName } from '../animation/errors.ts';
import type { Camera, CameraAxes } from './camera.ts';
import type { SceneNodes } from './draws.ts';
import { atan, tanDegrees } from './portable-math.ts';
import type { Normalisation } from './render-space.ts';
import type { PlacedCamera } from './rendered-image.ts';

type Vector = [number, number, number];

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
  const axes = axesFrom([-m[2]!, -m[6]!, -m[10]!], [m[1]!, m[5]!, m[9]!], camera);
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

function cameraAt(
  { position, target, up }: CameraPlace,
  { fieldOfView, projection }: Pick<ImageRequest, 'fieldOfView' | 'projection'>,
  aspect: number,
  normalisation: Normalisation,
): Camera {
  const forward = target.map((x, i) => x - position[i]!) as Vector;
  const axes = axesFrom(forward, up as Vector, undefined);
  const distance = length(forward) * normalisation.scale;
  const tanY = tanDegrees(fieldOfView / 2) * (projection === 'orthographic' ? distance : 1);
  const origin = toRenderSpace(position as Vector, normalisation);
  return { ...axes, projection, origin, tanX: tanY * aspect, tanY };
}

/**
 * The camera with the lens that a request gives it: a full-frame lens (sensor 24 mm high) of the focal length that makes
 * its field of view, in focus at `focusDistance`, else at the target, else at the middle of the model.
 *
 * @throws MaquetteError `invalid_request` when the camera is orthographic
 */
export function withLens(camera: Camera, request: LensRequest, { scale, center }: Normalisation): Camera {
  const { fStop, focusDistance, camera: place } = request;
  if (fStop === undefined || camera.lens) return camera;
  if (camera.projection === 'orthographic') {
    throw new MaquetteError('invalid_request', 'An orthographic camera has no depth of field.', {
      remedy: 'Leave `fStop` out, or ask for the perspective projection.',
    });
  }
  const along = (point: readonly number[]) =>
    point.reduce((sum, x, i) => sum + ((x - center[i]!) * scale - camera.origin[i]!) * camera.forward[i]!, 0);
  const target = typeof place === 'object' ? place.target : center;
  const focus = focusDistance === undefined ? along(target) : focusDistance * scale;
  const focalLength = SENSOR_HEIGHT / 2 / camera.tanY;
  const radius = (focalLength / (2 * fStop)) * scale;
  return { ...camera, lens: { radius, focusDistance: Math.max(focus, 1e-4) } };
}

/** A camera of render space in the model's. */
export function toModelSpace(camera: Camera, { scale, center }: Normalisation): PlacedCamera {
  const { projection, origin, right, up, forward, tanY } = camera;
  const position = origin.map((value, i) => value / scale + center[i]!) as Vector;
  const flat = projection === 'orthographic';
  return {
    projection,
    position,
    right,
    up,
    forward,
    fieldOfView: flat ? 0 : (atan(tanY) * 360) / Math.PI,
    viewHeight: flat ? (tanY * 2) / scale : 0,
  };
}

export type LensRequest = Pick<ImageRequest, 'fStop' | 'focusDistance' | 'camera'>;

function toRenderSpace(point: Vector, { scale, center }: Normalisation): Vector {
  return point.map((x, i) => (x - center[i]!) * scale) as Vector;
}

function length([x, y, z]: Vector): number {
  return Math.sqrt(x * x + y * y + z * z);
}

/** Unit axes that look along `forward` with `up` upwards in the picture. */
function axesFrom(forward: Vector, up: Vector, name: string | undefined): CameraAxes {
  const f = unit(forward);
  const side: Vector | undefined = f && [
    f[1] * up[2] - f[2] * up[1],
    f[2] * up[0] - f[0] * up[2],
    f[0] * up[1] - f[1] * up[0],
  ];
  const right = side && unit(side);
  if (!f || !right) {
    throw new MaquetteError(
      'invalid_request',
      name === undefined
        ? 'The camera looks in no direction: its position is its target, or it looks along its up vector.'
        : `The camera “${name}” looks in no direction: the scale of its node is zero or not finite.`,
      { remedy: name === undefined ? 'Give another position, target or up vector.' : 'Give a view instead of it.' },
    );
  }
  const upward: Vector = [
    right[1] * f[2] - right[2] * f[1],
    right[2] * f[0] - right[0] * f[2],
    right[0] * f[1] - right[1] * f[0],
  ];
  return { right, up: upward, forward: f };
}

function unit(v: Vector): Vector | undefined {
  const l = length(v);
  return l > 1e-12 && Number.isFinite(l) ? [v[0] / l, v[1] / l, v[2] / l] : undefined;
}
