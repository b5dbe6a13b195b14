import type { Surface } from '../../measure/surface.ts';
import { type Lattice, latticeIndex } from './lattice.ts';
import { faceNormal } from './surface-normals.ts';

/** Triangles count this share of a cell further back: one between two cells belongs to the one behind it. */
const BACK = 1e-4;

/**
 * Calls `use` for each cell of a lattice that a triangle touches (the cell around the lattice's point, its faces
 * included; one that lies between two cells belongs to the one behind it), by separating axes (Akenine-Möller, "Fast 3D triangle-box overlap testing", 2001).
 */
export function forEachTouchedCell(
  { positions: p, indices }: Pick<Surface, 'positions' | 'indices'>,
  lattice: Lattice,
  use: (cell: number, triangle: number) => void,
): void {
  const { size, start, step } = lattice;
  const corner = new Float64Array(9);
  for (let triangle = 0; triangle < indices.length / 3; triangle++) {
    const normal = faceNormal({ positions: p, indices }, triangle);
    for (let i = 0; i < 9; i++) {
      const axis = i % 3;
      corner[i] = (p[indices[triangle * 3 + (i - axis) / 3]! * 3 + axis]! - start[axis]!) / step - BACK * normal[axis]!;
    }
    const from = [0, 1, 2].map((k) =>
      Math.max(0, Math.ceil(Math.min(corner[k]!, corner[k + 3]!, corner[k + 6]!) - 0.5)),
    );
    const to = [0, 1, 2].map((k) =>
      Math.min(size[k]! - 1, Math.floor(Math.max(corner[k]!, corner[k + 3]!, corner[k + 6]!) + 0.5)),
    );
    for (let z = from[2]!; z <= to[2]!; z++) {
      for (let y = from[1]!; y <= to[1]!; y++) {
        for (let x = from[0]!; x <= to[0]!; x++) {
          if (touches(corner, x, y, z)) use(latticeIndex(lattice, x, y, z), triangle);
        }
      }
    }
  }
}

/** Whether a triangle touches the cube of side 1 around a point; their boxes do. */
function touches(c: Float64Array, x: number, y: number, z: number): boolean {
  const [ax, ay, az] = [c[0]! - x, c[1]! - y, c[2]! - z];
  const [bx, by, bz] = [c[3]! - x, c[4]! - y, c[5]! - z];
  const [cx, cy, cz] = [c[6]! - x, c[7]! - y, c[8]! - z];
  const apart = (nx: number, ny: number, nz: number): boolean => {
    const reach = (Math.abs(nx) + Math.abs(ny) + Math.abs(nz)) / 2;
    const [a, b, d] = [nx * ax + ny * ay + nz * az, nx * bx + ny * by + nz * bz, nx * cx + ny * cy + nz * cz];
    return Math.min(a, b, d) > reach || Math.max(a, b, d) < -reach;
  };
  for (const [ex, ey, ez] of [
    [bx - ax, by - ay, bz - az],
    [cx - bx, cy - by, cz - bz],
    [ax - cx, ay - cy, az - cz],
  ] as const) {
    if (apart(0, -ez, ey) || apart(ez, 0, -ex) || apart(-ey, ex, 0)) return false;
  }
  const [ux, uy, uz] = [bx - ax, by - ay, bz - az];
  const [vx, vy, vz] = [cx - ax, cy - ay, cz - az];
  return !apart(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx);
}
