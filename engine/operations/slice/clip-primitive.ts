import { type Document, Primitive } from '@gltf-transform/core';
import { floatValues } from '../float-values.ts';
import { indexPrimitive } from '../triangle-lists.ts';
import { CutVertices } from './cut-vertices.ts';
import { distancesTo, type PlaneRow } from './plane.ts';
import { writeCut } from './write-cut.ts';

/** What is left of a primitive on one side of a plane. */
export interface ClippedPrimitive {
  primitive: Primitive;
  /**
   * Pairs of vertices of `primitive` along edges in the plane, as its triangles run; the cap runs the other way. Empty
   * for points and lines.
   */
  rim: number[];
}

/** -1 keeps what is below, 1 what is above. */
export type Side = -1 | 1;

/**
 * Cuts a primitive at a plane of its own space.
 *
 * @param nearest vertices nearer to the plane than this lie in it
 * @returns null where nothing is left
 */
export function clipPrimitive(
  document: Document,
  primitive: Primitive,
  row: PlaneRow,
  side: Side,
  nearest: number,
): ClippedPrimitive | null {
  const position = primitive.getAttribute('POSITION');
  if (!position) return null;
  if (primitive.getMode() >= Primitive.Mode.TRIANGLES) indexPrimitive(primitive);
  const positions = floatValues(primitive.getAttribute('POSITION')!, 3);
  const distances = distancesTo(row, positions, nearest);
  const vertices = new CutVertices(positions, distances);
  const rim: number[] = [];
  const mode = primitive.getMode();
  const indices =
    mode === Primitive.Mode.POINTS
      ? keptPoints(elements(primitive), distances, side, vertices)
      : mode < Primitive.Mode.TRIANGLES
        ? clipLines(segments(primitive), distances, side, vertices)
        : clipTriangles(elements(primitive), { positions, distances, row, side, vertices, rim });
  if (indices.length === 0) return null;
  const kind = mode === Primitive.Mode.POINTS ? 0 : mode < Primitive.Mode.TRIANGLES ? 1 : 4;
  return { primitive: writeCut(document, primitive, vertices, indices, kind), rim };
}

function elements(primitive: Primitive): ArrayLike<number> {
  const count = primitive.getAttribute('POSITION')!.getCount();
  return primitive.getIndices()?.getArray() ?? Uint32Array.from({ length: count }, (_, i) => i);
}

/** Two vertices for each line, of lists, strips and loops. */
function segments(primitive: Primitive): number[] {
  const list = elements(primitive);
  if (primitive.getMode() === Primitive.Mode.LINES) return Array.from(list).slice(0, list.length - (list.length % 2));
  const out: number[] = [];
  for (let i = 0; i + 1 < list.length; i++) out.push(list[i]!, list[i + 1]!);
  if (primitive.getMode() === Primitive.Mode.LINE_LOOP && list.length > 1) out.push(list[list.length - 1]!, list[0]!);
  return out;
}

/** Points in the plane are above it. */
function keptPoints(list: ArrayLike<number>, distances: Float64Array, side: Side, vertices: CutVertices): number[] {
  const kept: number[] = [];
  for (let i = 0; i < list.length; i++) {
    if (distances[list[i]!]! >= 0 === side > 0) kept.push(vertices.old(list[i]!));
  }
  return kept;
}

function clipLines(list: readonly number[], distances: Float64Array, side: Side, vertices: CutVertices): number[] {
  const kept: number[] = [];
  for (let i = 0; i < list.length; i += 2) {
    const [a, b] = [list[i]!, list[i + 1]!];
    const [da, db] = [distances[a]! * side, distances[b]! * side];
    if (da <= 0 && db <= 0) continue;
    kept.push(da < 0 ? vertices.crossing(a, b) : vertices.old(a), db < 0 ? vertices.crossing(a, b) : vertices.old(b));
  }
  return kept;
}

interface TriangleClip {
  positions: Float32Array;
  distances: Float64Array;
  row: PlaneRow;
  side: Side;
  vertices: CutVertices;
  rim: number[];
}

/** Each triangle by itself (Sutherland and Hodgman 1974); of what is left, fans. */
function clipTriangles(list: ArrayLike<number>, clip: TriangleClip): number[] {
  const { distances, side, vertices, rim } = clip;
  const kept: number[] = [];
  const made: number[] = [];
  const inPlane: boolean[] = [];
  for (let i = 0; i + 2 < list.length; i += 3) {
    const corners = [list[i]!, list[i + 1]!, list[i + 2]!];
    const heights = corners.map((corner) => distances[corner]! * side);
    if (Math.max(...heights) <= 0 && !(Math.min(...heights) === 0 && belongs(corners, clip))) continue;
    made.length = 0;
    inPlane.length = 0;
    for (let k = 0; k < 3; k++) {
      const [a, b] = [corners[k]!, corners[(k + 1) % 3]!];
      const [da, db] = [heights[k]!, heights[(k + 1) % 3]!];
      if (da >= 0) {
        made.push(vertices.old(a));
        inPlane.push(da === 0);
      }
      if ((da < 0 && db > 0) || (da > 0 && db < 0)) {
        made.push(vertices.crossing(a, b));
        inPlane.push(true);
      }
    }
    for (let k = 2; k < made.length; k++) kept.push(made[0]!, made[k - 1]!, made[k]!);
    for (let k = 0; k < made.length; k++) {
      const next = (k + 1) % made.length;
      if (inPlane[k] && inPlane[next]) rim.push(made[k]!, made[next]!);
    }
  }
  return kept;
}

/** A triangle in the plane is the face of what lies behind it. */
function belongs([a, b, c]: readonly number[], { positions: p, row, side }: TriangleClip): boolean {
  const u = [0, 1, 2].map((k) => p[b! * 3 + k]! - p[a! * 3 + k]!) as [number, number, number];
  const v = [0, 1, 2].map((k) => p[c! * 3 + k]! - p[a! * 3 + k]!) as [number, number, number];
  const normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  return (normal[0]! * row[0] + normal[1]! * row[1] + normal[2]! * row[2]) * side < 0;
}
