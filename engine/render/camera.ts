import type { ImageRequest, NamedView, Projection, View } from '#contracts/render/image-request.ts';
import { cosDegrees, sinDegrees, tanDegrees } from './portable-math.ts';
import { cross, type Vector } from './vector.ts';

/** Azimuth and elevation of the named views, in degrees. */
const NAMED: Record<NamedView, { azimuth: number; elevation: number }> = {
  front: { azimuth: 0, elevation: 0 },
  back: { azimuth: 180, elevation: 0 },
  left: { azimuth: -90, elevation: 0 },
  right: { azimuth: 90, elevation: 0 },
  top: { azimuth: 0, elevation: 90 },
  bottom: { azimuth: 0, elevation: -90 },
  'three-quarter': { azimuth: 35, elevation: 20 },
  isometric: { azimuth: 45, elevation: 35.264389682754654 },
};

/** Unit axes of the camera. */
export interface CameraAxes {
  right: Vector;
  up: Vector;
  forward: Vector;
}

/** A camera in render space. */
export interface Camera extends CameraAxes {
  projection: Projection;
  origin: Vector;
  /**
   * Perspective: tangents of half the horizontal and half the vertical field of view. Orthographic: half the width and
   * half the height of what the image shows, in render space.
   */
  tanX: number;
  tanY: number;
  /** A thin lens that blurs what is out of focus; undefined: everything is sharp. */
  lens?: Lens | undefined;
}

/** A thin lens; radius and distance of the plane in focus, along the view axis, in render space. */
export interface Lens {
  radius: number;
  focusDistance: number;
}

/** Directions that are known without looking at the model. */
export type Direction = Exclude<View, 'best'>;

/** Axes of a camera that stands in the direction of `view` and looks back. At the poles up is away from azimuth. */
export function axesOf(view: Direction): CameraAxes {
  const { azimuth, elevation } = typeof view === 'string' ? NAMED[view] : view;
  const [sinAz, cosAz] = [sinDegrees(azimuth), cosDegrees(azimuth)];
  const [sinEl, cosEl] = [sinDegrees(elevation), cosDegrees(elevation)];
  const forward: Vector = [-sinAz * cosEl, -sinEl, -cosAz * cosEl];
  const right: Vector = [cosAz, 0, -sinAz];
  return { right, up: cross(right, forward), forward };
}

/** What the image leaves to the model: tangents of half the field of view, and of that part within the margins. */
export interface Frame {
  projection: Projection;
  tanX: number;
  tanY: number;
  /** Zero when the projection is orthographic: depth then moves nothing towards the middle. */
  insideX: number;
  insideY: number;
  /** Share of the image within the margins, along each axis. */
  inside: number;
}

/** The frame of a request. */
export function frameOf(
  request: Pick<ImageRequest, 'width' | 'height' | 'fieldOfView' | 'margin' | 'projection'>,
): Frame {
  const tanY = tanDegrees(request.fieldOfView / 2);
  const tanX = (tanY * request.width) / request.height;
  const inside = 1 - 2 * request.margin;
  const depth = request.projection === 'perspective' ? inside : 0;
  return { projection: request.projection, tanX, tanY, insideX: tanX * depth, insideY: tanY * depth, inside };
}

/**
 * Extremes of all points p over a, b and c = p along right, up and forward: max(a − kx·c), max(−a − kx·c),
 * max(b − ky·c), max(−b − ky·c), min(c), with kx and ky the inside tangents of the frame. The kernel finds them.
 */
export type Extremes = readonly [right: number, left: number, top: number, bottom: number, near: number];

/** The extremes of several sets of points together. */
export function unionOf(all: readonly Extremes[]): Extremes {
  const most = (i: number) => Math.max(...all.map((extremes) => extremes[i]!));
  return [most(0), most(1), most(2), most(3), Math.min(...all.map(([, , , , near]) => near))];
}

/** Distance that an orthographic camera keeps from the model's nearest point, in render space. */
const ORTHOGRAPHIC_DISTANCE = 1;

/**
 * The camera that fits all points into the frame exactly. In perspective each border of the image, moved in by the
 * margin, is a plane through the camera; the nearest place from which all points lie inside of all four follows in
 * closed form from the extremes. Undefined when no point was taken in.
 */
export function fitCamera(axes: CameraAxes, frame: Frame, [r, l, t, b, near]: Extremes): Camera | undefined {
  if (!Number.isFinite(near)) return undefined;
  const { right, up, forward } = axes;
  const { projection, tanX, tanY } = frame;
  const at = (depth: number) =>
    [0, 1, 2].map((i) => (right[i]! * (r - l)) / 2 + (up[i]! * (t - b)) / 2 + forward[i]! * depth) as Vector;
  if (projection === 'orthographic') {
    const half = Math.max((r + l) / 2 / tanX, (t + b) / 2 / tanY, 1e-6) / frame.inside;
    return { ...axes, projection, origin: at(near - ORTHOGRAPHIC_DISTANCE), tanX: tanX * half, tanY: tanY * half };
  }
  const depth = Math.min(
    -(r + l) / (2 * frame.insideX),
    -(t + b) / (2 * frame.insideY),
    // Not inside of the model, should it be a line along the view.
    near - 0.02,
  );
  return { ...axes, projection, origin: at(depth), tanX, tanY };
}
