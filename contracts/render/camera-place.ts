import type { CameraPlace } from './image-request.ts';

/** Directions whose cross product is shorter, in proportion to their lengths, are parallel. */
const PARALLEL = 1e-6;

/** What is wrong with a place of a camera that `looksNowhere`. */
export const LOOKS_NOWHERE =
  'the camera looks along its own up, or stands at its target: give another `position`, `target` or `up`';

/** Whether a camera at a place has no direction: it stands at its target, or its up lies along its view or has no length. */
export function looksNowhere({ position, target, up }: CameraPlace): boolean {
  const direction = target.map((value, axis) => value - position[axis]!);
  const across = [0, 1, 2].map((axis) => {
    const [next, last] = [(axis + 1) % 3, (axis + 2) % 3];
    return direction[next]! * up[last]! - direction[last]! * up[next]!;
  });
  return !(Math.hypot(...across) > PARALLEL * Math.hypot(...direction) * Math.hypot(...up));
}
