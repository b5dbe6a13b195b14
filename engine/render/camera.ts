import type { ImageRequest, NamedView, View } from '#contracts/render/image-request.ts';

type Vector = [number, number, number];

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

/** A pinhole camera that frames the model. */
export interface Camera extends CameraAxes {
  origin: Vector;
  /** Tangents of half the horizontal and half the vertical field of view. */
  tanX: number;
  tanY: number;
}

/** Axes of a camera that stands in the direction of `view` and looks back. At the poles up is away from azimuth. */
export function axesOf(view: View): CameraAxes {
  const { azimuth, elevation } = typeof view === 'string' ? NAMED[view] : view;
  const az = (azimuth * Math.PI) / 180;
  const el = (elevation * Math.PI) / 180;
  const forward: Vector = [-Math.sin(az) * Math.cos(el), -Math.sin(el), -Math.cos(az) * Math.cos(el)];
  const right: Vector = [Math.cos(az), 0, -Math.sin(az)];
  const up: Vector = [
    right[1] * forward[2] - right[2] * forward[1],
    right[2] * forward[0] - right[0] * forward[2],
    right[0] * forward[1] - right[1] * forward[0],
  ];
  return { right, up, forward };
}

/**
 * Fits points into the image exactly. Each border of the image, moved in by the margin, is a plane through the
 * camera; a point inside of all four bounds where the camera may stand, and the nearest such place follows in closed
 * form from the four extremes.
 */
export class Framing {
  readonly #axes: CameraAxes;
  readonly #tanX: number;
  readonly #tanY: number;
  readonly #kx: number;
  readonly #ky: number;
  #right = -Infinity;
  #left = -Infinity;
  #top = -Infinity;
  #bottom = -Infinity;
  #near = Infinity;

  constructor(request: Pick<ImageRequest, 'width' | 'height' | 'view' | 'fieldOfView' | 'margin'>) {
    this.#axes = axesOf(request.view);
    this.#tanY = Math.tan((request.fieldOfView * Math.PI) / 360);
    this.#tanX = (this.#tanY * request.width) / request.height;
    this.#kx = this.#tanX * (1 - 2 * request.margin);
    this.#ky = this.#tanY * (1 - 2 * request.margin);
  }

  /** Takes a point in. Points that are not finite are left out. */
  add(x: number, y: number, z: number): void {
    const { right: r, up: u, forward: f } = this.#axes;
    const a = r[0] * x + r[1] * y + r[2] * z;
    const b = u[0] * x + u[1] * y + u[2] * z;
    const c = f[0] * x + f[1] * y + f[2] * z;
    if (!Number.isFinite(a + b + c)) return;
    if (a - this.#kx * c > this.#right) this.#right = a - this.#kx * c;
    if (-a - this.#kx * c > this.#left) this.#left = -a - this.#kx * c;
    if (b - this.#ky * c > this.#top) this.#top = b - this.#ky * c;
    if (-b - this.#ky * c > this.#bottom) this.#bottom = -b - this.#ky * c;
    if (c < this.#near) this.#near = c;
  }

  /** The camera; undefined when no point was taken in. */
  camera(): Camera | undefined {
    if (this.#near === Infinity) return undefined;
    const depth = Math.min(
      -(this.#right + this.#left) / (2 * this.#kx),
      -(this.#top + this.#bottom) / (2 * this.#ky),
      // Not inside of the model, should it be a line along the view.
      this.#near - 0.02,
    );
    const a = (this.#right - this.#left) / 2;
    const b = (this.#top - this.#bottom) / 2;
    const { right: r, up: u, forward: f } = this.#axes;
    const origin = [0, 1, 2].map((i) => r[i]! * a + u[i]! * b + f[i]! * depth) as Vector;
    return { ...this.#axes, origin, tanX: this.#tanX, tanY: this.#tanY };
  }
}
