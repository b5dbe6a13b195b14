import type { SurfacePart } from '../../describe/mesh-surface.ts';
import { plural } from '../../formats/corrections.ts';
import { floatsOf } from '../../render/accessor-floats.ts';
import type { SurfaceCheck } from './check.ts';
import { MAX_PLACES } from './tally.ts';

/** The cosine beyond which a normal points against its triangle: a normal in its plane is none of either side. */
const AGAINST = -0.01;

/** Triangles whose three normals all point to the back. */
export const invertedNormals: SurfaceCheck = {
  kind: 'surface',
  measures: 'triangles whose three normals all point against their winding',
  finding: 'any',
  severity: 'warning',
  remedy:
    'Recalculate the normals, or flip the faces: as it is, the surface is lit from its back. A mirrored scale that was applied without flipping the faces leaves such normals.',
  count({ surface: { positions, corners, parts } }) {
    const triangles: number[] = [];
    let count = 0;
    for (const part of parts) {
      const accessor = part.primitive.getAttribute('NORMAL');
      if (!accessor) continue;
      const normals = floatsOf(accessor);
      for (let i = 0; i < part.triangles; i++) {
        if (!pointsBack(positions, corners, normals, part, i)) continue;
        count++;
        if (triangles.length < MAX_PLACES) triangles.push(part.start + i);
      }
    }
    return { count, triangles };
  },
  text: (count) => `The normals of ${plural(count, 'triangle')} point against ${count === 1 ? 'its' : 'their'} winding`,
};

function pointsBack(
  p: Float32Array,
  corners: Uint32Array,
  normals: Float32Array,
  { start, vertices }: SurfacePart,
  index: number,
): boolean {
  const at = (start + index) * 3;
  const a = corners[at]! * 3;
  const b = corners[at + 1]! * 3;
  const c = corners[at + 2]! * 3;
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const limit = AGAINST * Math.sqrt(nx * nx + ny * ny + nz * nz);
  for (let k = 0; k < 3; k++) {
    const normal = vertices[index * 3 + k]! * 3;
    if (!(nx * normals[normal]! + ny * normals[normal + 1]! + nz * normals[normal + 2]! < limit)) return false;
  }
  return true;
}
