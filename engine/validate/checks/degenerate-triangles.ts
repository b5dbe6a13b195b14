import { isCollapsed, type MeshSurface } from '../../describe/mesh-surface.ts';
import { plural } from '../../formats/corrections.ts';
import type { SurfaceCheck } from './check.ts';
import { MAX_PLACES } from './tally.ts';

/** A triangle whose height is less than this share of its longest side has no area: about what floats can tell. */
const FLATNESS = 1e-6;

/** Triangles without area. */
export const degenerateTriangles: SurfaceCheck = {
  kind: 'surface',
  measures: 'triangles without area: corners that coincide or lie on one line',
  finding: 'any',
  severity: 'warning',
  sameAs: ['ACCESSOR_INDEX_TRIANGLE_DEGENERATE'],
  remedy:
    'Dissolve degenerate faces, or merge vertices by distance: they show nothing and spoil tangents, baking and printing.',
  count({ surface }) {
    const triangles: number[] = [];
    let count = 0;
    for (let triangle = 0; triangle < surface.corners.length / 3; triangle++) {
      if (!isCollapsed(surface.corners, triangle) && !isFlat(surface, triangle)) continue;
      count++;
      if (triangles.length < MAX_PLACES) triangles.push(triangle);
    }
    return { count, triangles };
  },
  text: (count) => `${plural(count, 'triangle')} ${count === 1 ? 'has' : 'have'} no area`,
};

function isFlat({ positions: p, corners }: MeshSurface, triangle: number): boolean {
  const a = corners[triangle * 3]! * 3;
  const b = corners[triangle * 3 + 1]! * 3;
  const c = corners[triangle * 3 + 2]! * 3;
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  const [nx, ny, nz] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const [wx, wy, wz] = [vx - ux, vy - uy, vz - uz];
  const longest = Math.max(ux * ux + uy * uy + uz * uz, vx * vx + vy * vy + vz * vz, wx * wx + wy * wy + wz * wz);
  return nx * nx + ny * ny + nz * nz <= (FLATNESS * longest) ** 2;
}
