import type { ExportOptions, ExportWarning } from '#contracts/model/export-format.ts';
import { EXPORT_FORMATS } from '#contracts/model/export-format.ts';
import { type Matrix, multiply } from '../../describe/matrix.ts';
import { floatsOf } from '../../render/accessor-floats.ts';
import { cbrt, log } from '../../render/portable-math.ts';
import { concatBytes } from '../../texture/concat-bytes.ts';
import type { PlacedPrimitive } from '../baked/placed-primitives.ts';
import { fileSpace } from '../baked/placement.ts';
import { plural } from '../corrections.ts';
import { formatCount, outputTooLarge } from '../errors.ts';
import { MOST_FILE_BYTES } from '../text-writer.ts';
import { COEFFICIENTS, createSplatCloud, type SplatCloud, turnHalfAboutX } from './splat-cloud.ts';
import { SPLATS } from './splat-primitive.ts';

/** Opacities are stored as logits, which 0 and 1 have not. */
const LEAST_OPACITY = 1e-6;
const LEAST_SCALE = 1e-9;

/**
 * Writes clouds of Gaussian splats as one PLY in the layout of the reference implementation (Kerbl et al., "3D Gaussian
 * Splatting", 2023): +Y down, logarithms of scales, logits of opacities, quaternions with w first, harmonics one channel
 * after the other. Of clouds that are turned the colour from all sides is kept alone.
 *
 * @throws MaquetteError `output_limit_exceeded`
 */
export function writeSplatPly(
  placed: readonly PlacedPrimitive[],
  options: ExportOptions,
): { bytes: Uint8Array<ArrayBuffer>; warnings: ExportWarning[] } {
  const space = fileSpace(options, EXPORT_FORMATS.ply);
  const places = placed.flatMap((entry) =>
    entry.matrices.map((matrix) => ({ entry, matrix: multiply(space, matrix) })),
  );
  const turned = places.filter(({ matrix }) => !keepsDirections(matrix)).length;
  const degree = turned > 0 ? 0 : Math.max(...placed.map(degreeOf));
  const count = places.reduce((sum, { entry }) => sum + entry.vertices, 0);
  const properties = propertiesOf(degree);
  if (count * properties.length * 4 > MOST_FILE_BYTES) {
    const most = Math.floor(MOST_FILE_BYTES / (properties.length * 4));
    throw outputTooLarge('PLY file', `${formatCount(count)} splats`, formatCount(most));
  }
  const numbers = new Float32Array(count * properties.length);
  let at = 0;
  for (const { entry, matrix } of places) {
    const cloud = placedCloud(entry, matrix, degree);
    turnHalfAboutX(cloud);
    at = appendCloud(cloud, numbers, at);
  }
  const lost = turned > 0 ? placed.filter((entry) => degreeOf(entry) > 0).length : 0;
  const header = [
    'ply',
    'format binary_little_endian 1.0',
    'comment Made by Maquette',
    `element vertex ${count}`,
    ...properties.map((name) => `property float ${name}`),
    'end_header\n',
  ].join('\n');
  return {
    bytes: concatBytes([new TextEncoder().encode(header), new Uint8Array(numbers.buffer)]),
    warnings:
      lost === 0
        ? []
        : [
            {
              code: 'lost_harmonics',
              message: `${plural(lost, 'cloud')} of splats turned: colours that change with the direction became those from all sides.`,
            },
          ],
  };
}

function propertiesOf(degree: number): string[] {
  const rest = (COEFFICIENTS[degree]! - 1) * 3;
  return [
    'x', 'y', 'z', 'nx', 'ny', 'nz', 'f_dc_0', 'f_dc_1', 'f_dc_2',
    ...Array.from({ length: rest }, (_, index) => `f_rest_${index}`),
    'opacity', 'scale_0', 'scale_1', 'scale_2', 'rot_0', 'rot_1', 'rot_2', 'rot_3',
  ]; // biome-ignore format: one name after the other
}

function degreeOf({ primitive }: PlacedPrimitive): number {
  let degree = 0;
  while (degree < 3 && primitive.getAttribute(`${SPLATS}:SH_DEGREE_${degree + 1}_COEF_0`)) degree++;
  return degree;
}

/** Whether a matrix only moves and scales, the same in all directions. */
function keepsDirections(m: Matrix): boolean {
  const scale = m[0]!;
  const off = [m[1]!, m[2]!, m[4]!, m[6]!, m[8]!, m[9]!];
  const even = Math.abs(m[5]! - scale) + Math.abs(m[10]! - scale) <= 1e-5 * Math.abs(scale);
  return scale > 0 && even && off.every((value) => Math.abs(value) <= 1e-5 * scale);
}

/** The splats of a primitive at a place. Scales that differ by direction are taken as their mean. */
function placedCloud({ primitive, vertices }: PlacedPrimitive, m: Matrix, degree: number): SplatCloud {
  const cloud = createSplatCloud(vertices, degree);
  const values = (name: string, out: Float32Array, fallback = 0): void => {
    const accessor = primitive.getAttribute(name);
    if (accessor) out.set(floatsOf(accessor).subarray(0, out.length));
    else out.fill(fallback);
  };
  values('POSITION', cloud.positions);
  values(`${SPLATS}:ROTATION`, cloud.rotations);
  values(`${SPLATS}:SCALE`, cloud.scales, LEAST_SCALE);
  values(`${SPLATS}:OPACITY`, cloud.opacities, 1);
  for (const [index, harmonics] of cloud.harmonics.entries()) {
    const of = Math.floor(Math.sqrt(index));
    values(`${SPLATS}:SH_DEGREE_${of}_COEF_${index - of * of}`, harmonics);
  }
  const scale = cbrt(Math.abs(determinant(m)));
  const turn = rotationOf(m, scale);
  const { positions, rotations, scales } = cloud;
  for (let i = 0; i < vertices; i++) {
    const [x, y, z] = [positions[i * 3]!, positions[i * 3 + 1]!, positions[i * 3 + 2]!];
    for (let k = 0; k < 3; k++) {
      positions[i * 3 + k] = m[k]! * x + m[4 + k]! * y + m[8 + k]! * z + m[12 + k]!;
      scales[i * 3 + k] = scales[i * 3 + k]! * scale;
    }
    if (turn) turnQuaternion(rotations, i * 4, turn);
  }
  return cloud;
}

function determinant(m: Matrix): number {
  return (
    m[0]! * (m[5]! * m[10]! - m[6]! * m[9]!) -
    m[4]! * (m[1]! * m[10]! - m[2]! * m[9]!) +
    m[8]! * (m[1]! * m[6]! - m[2]! * m[5]!)
  );
}

/** The quaternion x, y, z, w of a matrix without its scale (Shepperd 1978); null where it turns nothing. */
function rotationOf(matrix: Matrix, scale: number): [number, number, number, number] | null {
  if (keepsDirections(matrix) || scale === 0) return null;
  const m = matrix.map((value) => value / scale);
  const four = [
    1 + m[0]! - m[5]! - m[10]!,
    1 - m[0]! + m[5]! - m[10]!,
    1 - m[0]! - m[5]! + m[10]!,
    1 + m[0]! + m[5]! + m[10]!,
  ];
  const largest = four.indexOf(Math.max(...four));
  const s = 2 * Math.sqrt(Math.max(four[largest]!, 1e-12));
  const [yz, zx, xy] = [m[6]! - m[9]!, m[8]! - m[2]!, m[1]! - m[4]!];
  const [pyz, pzx, pxy] = [m[6]! + m[9]!, m[8]! + m[2]!, m[1]! + m[4]!];
  switch (largest) {
    case 0:
      return [s / 4, pxy / s, pzx / s, yz / s];
    case 1:
      return [pxy / s, s / 4, pyz / s, zx / s];
    case 2:
      return [pzx / s, pyz / s, s / 4, xy / s];
    default:
      return [yz / s, zx / s, xy / s, s / 4];
  }
}

function turnQuaternion(q: Float32Array, at: number, [ax, ay, az, aw]: [number, number, number, number]): void {
  const [x, y, z, w] = [q[at]!, q[at + 1]!, q[at + 2]!, q[at + 3]!];
  q[at] = aw * x + ax * w + ay * z - az * y;
  q[at + 1] = aw * y - ax * z + ay * w + az * x;
  q[at + 2] = aw * z + ax * y - ay * x + az * w;
  q[at + 3] = aw * w - ax * x - ay * y - az * z;
}

/** Writes the numbers of a cloud, splat by splat. @returns where it ended */
function appendCloud(cloud: SplatCloud, out: Float32Array, start: number): number {
  const { positions, rotations, scales, opacities, harmonics, count } = cloud;
  let at = start;
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < 3; k++) out[at++] = positions[i * 3 + k]!;
    at += 3; // Normals, which nobody reads, stay zero.
    for (let channel = 0; channel < 3; channel++) out[at++] = harmonics[0]![i * 3 + channel]!;
    for (let channel = 0; channel < 3; channel++) {
      for (let index = 1; index < harmonics.length; index++) out[at++] = harmonics[index]![i * 3 + channel]!;
    }
    const opacity = Math.min(1 - LEAST_OPACITY, Math.max(LEAST_OPACITY, opacities[i]!));
    out[at++] = log(opacity / (1 - opacity));
    for (let k = 0; k < 3; k++) out[at++] = log(Math.max(LEAST_SCALE, scales[i * 3 + k]!));
    // Two half turns are −1: with the sign turned, whoever turns it back has the same numbers again.
    for (let k = 0; k < 4; k++) out[at++] = -rotations[i * 4 + ((k + 3) % 4)]! + 0;
  }
  return at;
}
