import type { PlyTable } from '../ply/ply-data.ts';

/** The vertex properties that a trained cloud of splats always has. */
export const SPLAT_PROPERTIES = [
  'f_dc_0',
  'f_dc_1',
  'f_dc_2',
  'opacity',
  'scale_0',
  'scale_1',
  'rot_0',
  'rot_1',
  'rot_2',
  'rot_3',
];

/** Whether the vertices of a PLY file are Gaussian splats (Kerbl et al. 2023). */
export function isSplatPly(vertices: PlyTable): boolean {
  return ['x', 'y', 'z', ...SPLAT_PROPERTIES].every((name) => vertices.columns.has(name));
}
