import { exp } from '../../render/portable-math.ts';
import type { ImportedModel } from '../imported-model.ts';
import type { PlyHeader } from '../ply/parse-header.ts';
import type { PlyNumbers, PlyTable } from '../ply/ply-data.ts';
import { COEFFICIENTS, createSplatCloud } from './splat-cloud.ts';
import { createTurnedSplats } from './turned-splats.ts';

/**
 * Gaussian splats in a PLY file, as the reference implementation writes them (Kerbl et al., "3D Gaussian Splatting",
 * 2023): logarithms of scales, logits of opacities, quaternions with w first, harmonics one channel after the other.
 * Two scales (2D splats) get a third of almost nothing.
 */
export function importSplatPly(vertices: PlyTable, header: PlyHeader, name: string): ImportedModel {
  const { count, columns } = vertices;
  let rest = 0;
  while (columns.has(`f_rest_${rest}`)) rest++;
  const perChannel = Math.floor(rest / 3);
  const stored = Math.max(
    0,
    COEFFICIENTS.findLastIndex((coefficients) => coefficients - 1 <= perChannel),
  );
  const degree = Math.min(3, stored);
  const cloud = createSplatCloud(count, degree);
  const column = (title: string): PlyNumbers => columns.get(title)!;
  const copy = (
    out: Float32Array,
    width: number,
    offset: number,
    values: PlyNumbers,
    map: (value: number) => number,
  ): void => {
    for (let i = 0; i < count; i++) out[i * width + offset] = map(values[i]!);
  };
  for (const [axis, title] of ['x', 'y', 'z'].entries()) copy(cloud.positions, 3, axis, column(title), identity);
  for (let axis = 0; axis < 3; axis++) {
    const scale = columns.get(`scale_${axis}`);
    if (scale) copy(cloud.scales, 3, axis, scale, exp);
    else for (let i = 0; i < count; i++) cloud.scales[i * 3 + axis] = 1e-6;
  }
  for (let k = 0; k < 4; k++) copy(cloud.rotations, 4, (k + 3) % 4, column(`rot_${k}`), identity);
  copy(cloud.opacities, 1, 0, column('opacity'), sigmoid);
  for (let channel = 0; channel < 3; channel++) {
    copy(cloud.harmonics[0]!, 3, channel, column(`f_dc_${channel}`), identity);
    for (let index = 1; index < cloud.harmonics.length; index++) {
      copy(cloud.harmonics[index]!, 3, channel, column(`f_rest_${channel * perChannel + index - 1}`), identity);
    }
  }
  return createTurnedSplats(cloud, name, {
    comments: header.comments,
    droppedHarmonics: rest - (COEFFICIENTS[degree]! - 1) * 3,
  });
}

function identity(value: number): number {
  return value;
}

function sigmoid(value: number): number {
  return 1 / (1 + exp(-value));
}
