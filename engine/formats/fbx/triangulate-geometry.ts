import { PolygonCounts } from '../geometry/polygon-counts.ts';
import { cutPolygon } from './cut-polygon.ts';
import type { FbxGeometry } from './read-geometry.ts';

/** The triangles of a polygon mesh. */
export interface Triangles {
  /** Three corners (not vertices) each. */
  corners: Uint32Array;
  /** The polygon of each. */
  polygons: Uint32Array;
  /** Polygons that cross themselves. */
  complex: number;
  /** The polygons by their sides. */
  counts: PolygonCounts;
}

/** Cuts all polygons into triangles, concave ones included. Quads are cut along the diagonal that lies inside. */
export function triangulateGeometry(geometry: FbxGeometry): Triangles {
  const { polygons, corners, positions } = geometry;
  const count = polygons.length - 1;
  const out = new Uint32Array((corners.length - 2 * count) * 3);
  const owners = new Uint32Array(out.length / 3);
  let at = 0;
  let complex = 0;
  const counts = new PolygonCounts();
  const scratch: number[] = [];
  for (let polygon = 0; polygon < count; polygon++) {
    const start = polygons[polygon]!;
    const size = polygons[polygon + 1]! - start;
    const first = at;
    counts.add(size);
    if (size === 3) {
      out[at++] = start;
      out[at++] = start + 1;
      out[at++] = start + 2;
    } else if (size === 4) {
      const other = isOtherDiagonal(positions, corners, start) ? 1 : 0;
      out[at++] = start;
      out[at++] = start + 1;
      out[at++] = start + 2 + other;
      out[at++] = start + other;
      out[at++] = start + 2;
      out[at++] = start + 3;
    } else {
      scratch.length = size;
      for (let i = 0; i < size; i++) scratch[i] = corners[start + i]!;
      const simple = cutPolygon(positions, scratch, (a, b, c) => {
        out[at++] = start + a;
        out[at++] = start + b;
        out[at++] = start + c;
      });
      if (!simple) complex++;
    }
    owners.fill(polygon, first / 3, at / 3);
  }
  return { corners: out, polygons: owners, complex, counts };
}

/** Whether a quad should be cut from its second to its fourth corner instead of from its first to its third. */
function isOtherDiagonal(p: Float64Array, corners: Int32Array, start: number): boolean {
  const a = corners[start]! * 3;
  const b = corners[start + 1]! * 3;
  const c = corners[start + 2]! * 3;
  const d = corners[start + 3]! * 3;
  // The normal of the quad is the cross product of its diagonals (Newell's method for four corners).
  const ux = p[c]! - p[a]!;
  const uy = p[c + 1]! - p[a + 1]!;
  const uz = p[c + 2]! - p[a + 2]!;
  const vx = p[d]! - p[b]!;
  const vy = p[d + 1]! - p[b + 1]!;
  const vz = p[d + 2]! - p[b + 2]!;
  const nx = uy * vz - uz * vy;
  const ny = uz * vx - ux * vz;
  const nz = ux * vy - uy * vx;
  const first = ux * ux + uy * uy + uz * uz;
  const second = vx * vx + vy * vy + vz * vz;
  const insideFirst = side(p, a, b, c, nx, ny, nz) >= 0 && side(p, a, c, d, nx, ny, nz) >= 0;
  const insideSecond = side(p, b, c, d, nx, ny, nz) >= 0 && side(p, b, d, a, nx, ny, nz) >= 0;
  if (insideFirst !== insideSecond) return insideSecond;
  // A margin, so that rounding does not decide for squares.
  return second < first * 0.999;
}

function side(p: Float64Array, a: number, b: number, c: number, nx: number, ny: number, nz: number): number {
  const ux = p[b]! - p[a]!;
  const uy = p[b + 1]! - p[a + 1]!;
  const uz = p[b + 2]! - p[a + 2]!;
  const vx = p[c]! - p[a]!;
  const vy = p[c + 1]! - p[a + 1]!;
  const vz = p[c + 2]! - p[a + 2]!;
  return (uy * vz - uz * vy) * nx + (uz * vx - ux * vz) * ny + (ux * vy - uy * vx) * nz;
}
