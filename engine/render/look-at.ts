import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { CameraAxes } from './camera.ts';
import { cross, unit, type Vector } from './vector.ts';

/**
 * Unit axes of a camera that looks along `direction` with `up` upwards in the picture. Neither needs length 1.
 *
 * @param name of a camera of the file, for the message
 * @throws MaquetteError `invalid_request` when they have no direction: one has no length, or they are parallel
 */
export function axesAlong(
  direction: Readonly<Vector>,
  up: Readonly<Vector> = [0, 1, 0],
  name: string | undefined = undefined,
): CameraAxes {
  const forward = unit(direction);
  const right = forward && unit(cross(forward, up));
  if (right) return { right, up: cross(right, forward), forward };
  throw new MaquetteError(
    'invalid_request',
    name === undefined
      ? 'The camera looks in no direction: its position is its target, or it looks along its up vector.'
      : `The camera “${name}” looks in no direction: the scale of its node is zero or not finite.`,
    { remedy: name === undefined ? 'Give another position, target or up vector.' : 'Give a view instead of it.' },
  );
}
