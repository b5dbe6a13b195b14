import type { WeldedMesh } from '../geometry/welded-mesh.ts';

/** One solid of an STL file. */
export interface StlSolid {
  name: string;
  /** With positions as in the file. */
  mesh: WeldedMesh;
  /** For each triangle its colour as 0xrrggbb (sRGB); null where the file has none. */
  colors: Uint32Array | null;
}

export interface StlData {
  solids: StlSolid[];
  /** What the header says, without what is evaluated. */
  header: string;
  /** Triangles whose stored normal points against the order of their corners. */
  contradicting: number;
  /** Bytes behind the last triangle. */
  trailingBytes: number;
  /** Whether the count of the header was 0 and the triangles were counted by the size of the file. */
  counted: boolean;
}

/**
 * Whether a stored normal points to the other side than the corners (anticlockwise from outside) say.
 *
 * @param c nine numbers of three corners
 */
export function contradicts(nx: number, ny: number, nz: number, c: ArrayLike<number>, at: number): boolean {
  const ux = c[at + 3]! - c[at]!;
  const uy = c[at + 4]! - c[at + 1]!;
  const uz = c[at + 5]! - c[at + 2]!;
  const vx = c[at + 6]! - c[at]!;
  const vy = c[at + 7]! - c[at + 1]!;
  const vz = c[at + 8]! - c[at + 2]!;
  const x = uy * vz - uz * vy;
  const y = uz * vx - ux * vz;
  const z = ux * vy - uy * vx;
  // The numbers come from single precision: their squares fit into doubles.
  return nx * x + ny * y + nz * z < -0.5 * Math.sqrt((x * x + y * y + z * z) * (nx * nx + ny * ny + nz * nz));
}
