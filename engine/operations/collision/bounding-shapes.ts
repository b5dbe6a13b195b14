import { convexHull, type TriangleSolid, trianglesOf } from '../solids/convex-hull.ts';
import type { Solids } from '../solids/manifold-library.ts';

type Vector = [number, number, number];

/** A simple shape around points, with the mesh that shows it. */
export interface BoundingShape {
  solid: TriangleSolid;
  /** What a physics engine asks for, in metres. */
  sizes: Record<string, number | number[]>;
}

/** Corners around a sphere of the mesh. */
const SEGMENTS = 24;
/** Steps towards the middle of the smallest sphere. */
const SPHERE_STEPS = 2000;

/** The box along three axes at right angles. */
export function boundingBox(points: Float64Array, axes: readonly [Vector, Vector, Vector]): BoundingShape {
  const ranges = axes.map((axis) => rangeAlong(points, axis));
  const positions = new Float64Array(24);
  for (let corner = 0; corner < 8; corner++) {
    for (let k = 0; k < 3; k++) {
      positions[corner * 3 + k] = axes.reduce((sum, axis, i) => sum + axis[k]! * ranges[i]![(corner >> i) & 1]!, 0);
    }
  }
  const quads = [
    [0, 4, 6, 2],
    [1, 3, 7, 5],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 2, 3, 1],
    [4, 5, 7, 6],
  ];
  const indices = Uint32Array.from(quads.flatMap(([a, b, c, d]) => [a!, b!, c!, a!, c!, d!]));
  return { solid: { positions, indices }, sizes: { size: ranges.map(([low, high]) => high - low) } };
}

/**
 * The smallest sphere, nearly: its middle goes towards the furthest point in ever smaller steps (Bădoiu and Clarkson,
 * "Smaller core-sets for balls", 2003); its radius is the distance of the furthest.
 */
export function boundingSphere({ wasm }: Solids, points: Float64Array): BoundingShape {
  const middle: Vector = [points[0]!, points[1]!, points[2]!];
  const furthest = () => {
    let most = -1;
    let at = 0;
    for (let i = 0; i < points.length; i += 3) {
      const square =
        (points[i]! - middle[0]) ** 2 + (points[i + 1]! - middle[1]) ** 2 + (points[i + 2]! - middle[2]) ** 2;
      if (square > most) {
        most = square;
        at = i;
      }
    }
    return { at, distance: Math.sqrt(most) };
  };
  for (let step = 1; step <= SPHERE_STEPS; step++) {
    const { at } = furthest();
    for (let k = 0; k < 3; k++) middle[k]! += (points[at + k]! - middle[k]!) / (step + 1);
  }
  const radius = furthest().distance;
  const ball = wasm.Manifold.sphere(radius, SEGMENTS);
  const solid = moved(trianglesOf(ball), middle);
  ball.delete();
  return { solid, sizes: { radius } };
}

/** The capsule along the longest of three axes: a radius that reaches all points, and the shortest such length. */
export function boundingCapsule(
  solids: Solids,
  points: Float64Array,
  axes: readonly [Vector, Vector, Vector],
): BoundingShape {
  const ranges = axes.map((axis) => rangeAlong(points, axis));
  const lengths = ranges.map(([low, high]) => high - low);
  const long = lengths.indexOf(Math.max(...lengths));
  const [u, v] = [(long + 1) % 3, (long + 2) % 3];
  const middle = (i: number) => (ranges[i]![0] + ranges[i]![1]) / 2;
  let radius = 0;
  const across = new Float64Array(points.length / 3);
  for (let i = 0; i < across.length; i++) {
    const [a, b] = [along(points, i, axes[u]!) - middle(u), along(points, i, axes[v]!) - middle(v)];
    across[i] = Math.sqrt(a * a + b * b);
    radius = Math.max(radius, across[i]!);
  }
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < across.length; i++) {
    const place = along(points, i, axes[long]!);
    const round = Math.sqrt(Math.max(0, radius ** 2 - across[i]! ** 2));
    low = Math.min(low, place + round);
    high = Math.max(high, place - round);
  }
  if (low > high) low = high = (low + high) / 2;
  const ends = [low, high].map(
    (place) =>
      [0, 1, 2].map((k) => axes[long]![k]! * place + axes[u]![k]! * middle(u) + axes[v]![k]! * middle(v)) as Vector,
  );
  const ball = solids.wasm.Manifold.sphere(radius, SEGMENTS);
  const balls = ends.map((end) => moved(trianglesOf(ball), end).positions);
  ball.delete();
  return { solid: convexHull(solids, balls)!, sizes: { radius, length: high - low, axis: axes[long]!.slice() } };
}

function along(points: Float64Array, i: number, axis: Vector): number {
  return points[i * 3]! * axis[0] + points[i * 3 + 1]! * axis[1] + points[i * 3 + 2]! * axis[2];
}

function rangeAlong(points: Float64Array, axis: Vector): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < points.length / 3; i++) {
    const place = along(points, i, axis);
    low = Math.min(low, place);
    high = Math.max(high, place);
  }
  return [low, high];
}

function moved({ positions, indices }: TriangleSolid, by: Vector): TriangleSolid {
  return { positions: positions.map((value, i) => value + by[i % 3]!), indices };
}
