import type { ImageRequest } from '#contracts/render/image-request.ts';
import type { CameraAxes, Extremes, Frame } from './camera.ts';
import type { Normalisation } from './render-space.ts';

/** How far a shadow reaches beyond the model's footprint, as a share of the model's radius; and what of it is framed. */
const REACH = 0.55;
const FRAMED = 0.1;

/** How far the ground lies below the model: in one plane with it, rays would start within the model. */
const GAP = 2e-4;

/** The ground in render space: where the model's footprint lies, and how far its shadow reaches beyond. */
export interface Ground {
  y: number;
  reach: number;
  /** Lowest x and z, highest x and z. */
  box: [number, number, number, number];
}

/** The ground of a request, or undefined. The bounds are centred on the origin. */
export function groundOf(request: Pick<ImageRequest, 'ground'>, { half }: Normalisation): Ground | undefined {
  if (request.ground === 'none') return undefined;
  return { y: -half[1] - GAP, reach: REACH, box: [-half[0], -half[2], half[0], half[2]] };
}

/** The extremes with the visible part of the shadow taken in. */
export function withGround(extremes: Extremes, ground: Ground, axes: CameraAxes, frame: Frame): Extremes {
  const [x0, z0, x1, z1] = ground.box;
  let [right, left, top, bottom, near] = extremes;
  for (const x of [x0 - FRAMED, x1 + FRAMED]) {
    for (const z of [z0 - FRAMED, z1 + FRAMED]) {
      const along = (axis: readonly number[]) => axis[0]! * x + axis[1]! * ground.y + axis[2]! * z;
      const [a, b, c] = [along(axes.right), along(axes.up), along(axes.forward)];
      right = Math.max(right, a - frame.insideX * c);
      left = Math.max(left, -a - frame.insideX * c);
      top = Math.max(top, b - frame.insideY * c);
      bottom = Math.max(bottom, -b - frame.insideY * c);
      near = Math.min(near, c);
    }
  }
  return [right, left, top, bottom, near];
}
