import { floatValues } from '../float-values.ts';
import type { SurfacePoints } from './surface-points.ts';
import { determinant, pieceOf, type SurfacePiece, type WorldSurface } from './world-surface.ts';

type Vector = [number, number, number];

/**
 * Unit normals at points of a surface, three numbers each: interpolated from those of the vertices, or those of the
 * triangles where vertices have none or a skin turned them.
 */
export function pointNormals(surface: WorldSurface, { triangles, weights }: SurfacePoints): Float32Array<ArrayBuffer> {
  const readers = new Map<SurfacePiece, PieceNormals | null>();
  const out = new Float32Array(triangles.length * 3);
  for (let i = 0; i < triangles.length; i++) {
    const triangle = triangles[i]!;
    const piece = pieceOf(surface, triangle);
    let reader = readers.get(piece);
    if (reader === undefined) {
      reader = normalsOf(piece);
      readers.set(piece, reader);
    }
    const [v, w] = [weights[i * 2]!, weights[i * 2 + 1]!];
    out.set((reader && interpolated(surface, reader, piece, triangle, v, w)) ?? faceNormal(surface, triangle), i * 3);
  }
  return out;
}

/** The unit normal of a triangle; up where it has no area. */
export function faceNormal(
  { positions: p, indices }: Pick<WorldSurface, 'positions' | 'indices'>,
  triangle: number,
): Vector {
  const at = triangle * 3;
  const [a, b, c] = [indices[at]! * 3, indices[at + 1]! * 3, indices[at + 2]! * 3];
  const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
  const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
  return unit(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx) ?? [0, 1, 0];
}

interface PieceNormals {
  values: Float32Array;
  /** The inverse transpose of the linear part, up to a positive factor; nine numbers, column by column. */
  cofactors: number[];
}

function normalsOf({ primitive, matrix: m, source }: SurfacePiece): PieceNormals | null {
  const accessor = primitive.getAttribute('NORMAL');
  if (!accessor || (source.node.getSkin() && primitive.getAttribute('JOINTS_0'))) return null;
  const sign = determinant(m) < 0 ? -1 : 1;
  const cofactors = [
    m[5]! * m[10]! - m[6]! * m[9]!, m[6]! * m[8]! - m[4]! * m[10]!, m[4]! * m[9]! - m[5]! * m[8]!,
    m[2]! * m[9]! - m[1]! * m[10]!, m[0]! * m[10]! - m[2]! * m[8]!, m[1]! * m[8]! - m[0]! * m[9]!,
    m[1]! * m[6]! - m[2]! * m[5]!, m[2]! * m[4]! - m[0]! * m[6]!, m[0]! * m[5]! - m[1]! * m[4]!,
  ]; // biome-ignore format: a matrix reads in columns
  return { values: floatValues(accessor, 3), cofactors: cofactors.map((value) => value * sign) };
}

/** Unit normals of the vertices of a piece in the world, three numbers each; up where it has none. */
export function vertexNormals(piece: SurfacePiece): Float32Array {
  const count = piece.primitive.getAttribute('POSITION')!.getCount();
  const out = new Float32Array(count * 3);
  const found = normalsOf(piece);
  for (let i = 0; i < out.length; i += 3) {
    const [x, y, z] = found ? [found.values[i]!, found.values[i + 1]!, found.values[i + 2]!] : [0, 0, 0];
    const n = found?.cofactors ?? [1, 0, 0, 0, 1, 0, 0, 0, 1];
    const turned = unit(
      n[0]! * x + n[3]! * y + n[6]! * z,
      n[1]! * x + n[4]! * y + n[7]! * z,
      n[2]! * x + n[5]! * y + n[8]! * z,
    );
    out.set(turned ?? [0, 1, 0], i);
  }
  return out;
}

function interpolated(
  { indices }: WorldSurface,
  { values, cofactors: n }: PieceNormals,
  { firstVertex }: SurfacePiece,
  triangle: number,
  v: number,
  w: number,
): Vector | null {
  const [a, b, c] = [0, 1, 2].map((k) => (indices[triangle * 3 + k]! - firstVertex) * 3) as Vector;
  const u = 1 - v - w;
  const [x, y, z] = [0, 1, 2].map((k) => u * values[a + k]! + v * values[b + k]! + w * values[c + k]!) as Vector;
  return unit(n[0]! * x + n[3]! * y + n[6]! * z, n[1]! * x + n[4]! * y + n[7]! * z, n[2]! * x + n[5]! * y + n[8]! * z);
}

function unit(x: number, y: number, z: number): Vector | null {
  const length = Math.sqrt(x * x + y * y + z * z);
  return length > 0 && length < Infinity ? [x / length, y / length, z / length] : null;
}
