import type { Corrections } from '../corrections.ts';
import { axesToQuat, type Mat4, multiplyQuat, type Quat, rotate, type Trs, type Vec3 } from './affine.ts';
import type { Properties } from './properties.ts';

/** How a file's units and axes become metres with +Y up and +Z to the front. */
export interface Space {
  /** Metres in one unit of the file. */
  scale: number;
  /** Turns the roots; null where the axes agree. */
  rotation: Quat | null;
  /** Whether the file is left-handed: x of everything changes its sign. */
  mirrored: boolean;
}

const AXES = ['X', 'Y', 'Z'];

/** Reads units and axes from the settings of a file. FBX counts in centimetres unless it says otherwise. */
export function readSpace(settings: Properties, corrections: Corrections): Space {
  const factor = settings.number('UnitScaleFactor') ?? 1;
  const centimetres = factor > 0 && Number.isFinite(factor) ? factor : 1;
  const scale = centimetres / 100;
  if (scale !== 1) {
    corrections.add(
      'converted_units',
      1,
      () =>
        `The file's unit is ${centimetres === 1 ? 'the centimetre' : `${centimetres} cm`}; lengths were multiplied by ${round(scale)}.`,
    );
  }
  const right = axis(settings, 'CoordAxis', 0);
  const up = axis(settings, 'UpAxis', 1);
  const front = axis(settings, 'FrontAxis', 2);
  if (new Set([right.index, up.index, front.index]).size < 3) return { scale, rotation: null, mirrored: false };
  // Row 0 of the matrix to glTF is the file's right, row 1 its up, row 2 its front; these are its columns.
  const columns: Vec3[] = [0, 1, 2].map((index) => [
    right.index === index ? right.sign : 0,
    up.index === index ? up.sign : 0,
    front.index === index ? front.sign : 0,
  ]);
  const [x, y, z] = columns as [Vec3, Vec3, Vec3];
  const determinant =
    x[0] * (y[1] * z[2] - y[2] * z[1]) - x[1] * (y[0] * z[2] - y[2] * z[0]) + x[2] * (y[0] * z[1] - y[1] * z[0]);
  const mirrored = determinant < 0;
  const rotation = axesToQuat(mirrored ? [-x[0], -x[1], -x[2]] : x, y, z);
  const turned = Math.abs(rotation[3]) < 1 - 1e-9;
  if (turned) {
    corrections.add(
      'converted_axes',
      1,
      () => `The file has ${name(up)} up and ${name(front)} to the front; it was turned to +Y up and +Z to the front.`,
    );
  }
  if (mirrored) {
    corrections.add('converted_handedness', 1, () => 'The file is left-handed; it was mirrored to right-handed axes.');
  }
  return { scale, rotation: turned ? rotation : null, mirrored };
}

interface Axis {
  index: number;
  sign: number;
}

function axis(settings: Properties, title: string, fallback: number): Axis {
  const index = settings.number(title) ?? fallback;
  const sign = settings.number(`${title}Sign`) ?? 1;
  return { index: index >= 0 && index <= 2 ? Math.trunc(index) : fallback, sign: sign < 0 ? -1 : 1 };
}

function name({ index, sign }: Axis): string {
  return `${sign < 0 ? '-' : '+'}${AXES[index]}`;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}

/** A local transform in metres; `root` for nodes without a parent, which take over the turn of the axes. */
export function convertTrs(space: Space, trs: Trs, root: boolean): Trs {
  const s = space.scale;
  let [x, y, z] = trs.translation;
  let rotation = trs.rotation;
  if (space.mirrored) {
    x = -x;
    rotation = [rotation[0], -rotation[1], -rotation[2], rotation[3]];
  }
  let translation: Vec3 = [x * s, y * s, z * s];
  if (root && space.rotation) {
    translation = rotate(space.rotation, translation);
    rotation = multiplyQuat(space.rotation, rotation);
  }
  return { translation, rotation, scale: trs.scale };
}

/** A matrix from one local space to another (an inverse bind matrix) in metres. */
export function convertMatrix(space: Space, m: Mat4): Mat4 {
  const out = m.slice();
  for (let row = 12; row < 15; row++) out[row] = out[row]! * space.scale;
  if (space.mirrored) {
    // M · m · M with M = diag(-1, 1, 1)
    for (const i of [1, 2, 4, 8, 12]) out[i] = -out[i]! + 0;
  }
  return out;
}
