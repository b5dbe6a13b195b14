import type { Manifold, Vec3 } from 'manifold-3d';
import type { Solids } from './manifold-library.ts';

/** A closed mesh of triangles. */
export interface TriangleSolid {
  /** Three for each vertex. */
  positions: Float64Array;
  /** Three vertices for each triangle, facing outwards. */
  indices: Uint32Array;
}

/** Points that go to the library at once. The hull of the hulls of some sets is the hull of all of them. */
const CHUNK = 100_000;
/** Shapes thinner than this share of their size are flat. */
const FLAT = 1e-6;
/** Points that are added to a hull of few vertices before it is made anew. */
const BATCH = 8;

/**
 * The convex hull of points, by quickhull (Barber, Dobkin and Huhdanpaa, 1996, in manifold); null where they all lie in
 * a plane.
 *
 * @param lists three numbers for each point
 * @param maxVertices of the result, 4 or more; it then is the hull of those points that add most
 */
export function convexHull(
  solids: Solids,
  lists: readonly ArrayLike<number>[],
  maxVertices = Infinity,
): TriangleSolid | null {
  let outer: Vec3[] = [];
  let points: Vec3[] = [];
  for (const list of lists) {
    for (let i = 0; i + 2 < list.length; i += 3) {
      points.push([list[i]!, list[i + 1]!, list[i + 2]!]);
      if (points.length < CHUNK) continue;
      outer = verticesOf(hullOf(solids, [...outer, ...points]));
      points = [];
    }
  }
  const all = [...outer, ...points];
  if (all.length < 4) return null;
  const whole = hullOf(solids, all);
  if (isFlat(whole)) return null;
  return whole.positions.length / 3 > maxVertices ? withFewerVertices(solids, verticesOf(whole), maxVertices) : whole;
}

function hullOf({ wasm }: Solids, points: Vec3[]): TriangleSolid {
  const made = wasm.Manifold.hull(points);
  const solid = trianglesOf(made);
  made.delete();
  return solid;
}

/** The triangles of a solid of the library. */
export function trianglesOf(solid: Manifold): TriangleSolid {
  const mesh = solid.getMesh();
  const { numProp, vertProperties, triVerts } = mesh;
  const positions = new Float64Array((vertProperties.length / numProp) * 3);
  for (let i = 0; i < positions.length; i++) {
    positions[i] = vertProperties[Math.floor(i / 3) * numProp + (i % 3)]!;
  }
  return { positions, indices: Uint32Array.from(triVerts) };
}

function verticesOf({ positions }: TriangleSolid): Vec3[] {
  const points: Vec3[] = [];
  for (let i = 0; i < positions.length; i += 3) points.push([positions[i]!, positions[i + 1]!, positions[i + 2]!]);
  return points;
}

/** Begins with the points that lie furthest along the axes and adds those that lie furthest outside of what there is. */
function withFewerVertices(solids: Solids, points: readonly Vec3[], most: number): TriangleSolid {
  const chosen = new Set<number>();
  for (const direction of [0, 1, 2].flatMap((axis) => [1, -1].map((sign) => ({ axis, sign })))) {
    const { axis, sign } = direction;
    let best = 0;
    for (const [i, point] of points.entries()) if (sign * point[axis]! > sign * points[best]![axis]!) best = i;
    if (chosen.size < most) chosen.add(best);
  }
  // Points of a hull are never all in one plane, so this ends with a body.
  for (let i = 0; chosen.size < 4; i++) chosen.add(i);
  let hull = hullOf(
    solids,
    [...chosen].map((i) => points[i]!),
  );
  while (chosen.size < most) {
    const planes = planesOf(hull);
    const distances = points.map((point, i) => ({ i, distance: chosen.has(i) ? 0 : distanceOutside(planes, point) }));
    distances.sort((a, b) => b.distance - a.distance || a.i - b.i);
    const added = distances.slice(0, Math.min(BATCH, most - chosen.size)).filter(({ distance }) => distance > 0);
    // A flat start has no planes to be outside of.
    if (added.length === 0) {
      const next = points.findIndex((_, i) => !chosen.has(i));
      if (next < 0 || planes.length > 0) break;
      added.push({ i: next, distance: 0 });
    }
    for (const { i } of added) chosen.add(i);
    hull = hullOf(
      solids,
      [...chosen].map((i) => points[i]!),
    );
  }
  return hull;
}

/** Four numbers for each triangle that has an area: a unit normal and how far along it the plane lies. */
function planesOf({ positions: p, indices }: TriangleSolid): Float64Array {
  const planes: number[] = [];
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [indices[i]! * 3, indices[i + 1]! * 3, indices[i + 2]! * 3];
    const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
    const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
    const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    const length = Math.sqrt(x * x + y * y + z * z);
    if (!(length > 0)) continue;
    planes.push(x / length, y / length, z / length, (x * p[a]! + y * p[a + 1]! + z * p[a + 2]!) / length);
  }
  return Float64Array.from(planes);
}

function distanceOutside(planes: Float64Array, [x, y, z]: Vec3): number {
  let most = 0;
  for (let i = 0; i < planes.length; i += 4) {
    most = Math.max(most, planes[i]! * x + planes[i + 1]! * y + planes[i + 2]! * z - planes[i + 3]!);
  }
  return most;
}

function isFlat({ positions: p, indices }: TriangleSolid): boolean {
  const planes = planesOf({ positions: p, indices });
  if (planes.length === 0) return true;
  let size = 0;
  let volume = 0;
  let area = 0;
  for (let i = 3; i < p.length; i += 3) {
    size = Math.max(size, Math.hypot(p[i]! - p[0]!, p[i + 1]! - p[1]!, p[i + 2]! - p[2]!));
  }
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => [0, 1, 2].map((axis) => p[indices[i + k]! * 3 + axis]! - p[axis]!)) as [
      Vec3,
      Vec3,
      Vec3,
    ];
    const normal = cross(subtract(b, a), subtract(c, a));
    area += Math.hypot(...normal) / 2;
    volume += (a[0] * normal[0] + a[1] * normal[1] + a[2] * normal[2]) / 6;
  }
  return !(volume / (area / 2) > FLAT * size);
}

function subtract(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
