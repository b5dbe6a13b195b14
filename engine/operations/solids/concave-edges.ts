import { weldPositions } from '../../formats/geometry/weld-positions.ts';
import { neighbours } from '../repair/half-edges.ts';
import type { TriangleSolid } from './convex-hull.ts';

/** Bins along an axis that lengths of edges are added up in. */
const BINS = 48;
/** Places that are named for each axis. */
const MOST = 4;
/** How far an edge has to point inwards: sine of the angle. */
const INWARDS = 0.05;
/** Edges count as lying across an axis up to this share of their length along it. */
const ACROSS = 0.05;

/**
 * Where along each axis edges lie that point inwards and run across the axis: there planes part what is convex by
 * itself. Of each of the bins with the longest edges, the place where most of them lie.
 */
export function concaveEdges({ positions, indices }: TriangleSolid): number[][] {
  const welded = weldPositions(Float32Array.from(positions));
  const corners = indices.map((vertex) => welded.indices[vertex]!);
  const p = welded.positions;
  const beside = neighbours(corners, p.length / 3);
  const bins = [0, 1, 2].map((axis) => new Bins(p, axis));
  for (let half = 0; half < corners.length; half++) {
    const other = beside[half]!;
    if (other < half) continue;
    const [a, b] = [corners[half]! * 3, corners[half % 3 === 2 ? half - 2 : half + 1]! * 3];
    const opposite = corners[other - (other % 3) + ((other + 2) % 3)]! * 3;
    const inwards = sineAbove(p, half - (half % 3), corners, opposite);
    if (!(inwards > INWARDS)) continue;
    const delta = [0, 1, 2].map((k) => p[b + k]! - p[a + k]!);
    const length = Math.hypot(...delta);
    for (const axis of [0, 1, 2]) {
      if (Math.abs(delta[axis]!) <= ACROSS * length) bins[axis]!.add((p[a + axis]! + p[b + axis]!) / 2, length);
    }
  }
  return bins.map((list) => list.places());
}

/** Sine of the angle between a triangle's plane and a point that lies before it, seen from its first corner. */
function sineAbove(p: Float32Array, first: number, corners: Uint32Array, point: number): number {
  const [a, b, c] = [0, 1, 2].map((k) => corners[first + k]! * 3) as [number, number, number];
  const u = [0, 1, 2].map((k) => p[b + k]! - p[a + k]!) as [number, number, number];
  const v = [0, 1, 2].map((k) => p[c + k]! - p[a + k]!) as [number, number, number];
  const w = [0, 1, 2].map((k) => p[point + k]! - p[a + k]!) as [number, number, number];
  const normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const size = Math.hypot(...normal) * Math.hypot(...w);
  return size > 0 ? (normal[0]! * w[0] + normal[1]! * w[1] + normal[2]! * w[2]) / size : 0;
}

/** Lengths of edges by where they lie along an axis. */
class Bins {
  private readonly low: number;
  private readonly width: number;
  private readonly sums = new Map<number, Map<number, number>>();

  constructor(p: Float32Array, axis: number) {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < p.length; i += 3) {
      low = Math.min(low, p[i]!);
      high = Math.max(high, p[i]!);
    }
    this.low = low;
    this.width = (high - low) / BINS || 1;
  }

  add(place: number, length: number): void {
    const bin = Math.floor((place - this.low) / this.width);
    const places = this.sums.get(bin) ?? new Map<number, number>();
    places.set(place, (places.get(place) ?? 0) + length);
    this.sums.set(bin, places);
  }

  places(): number[] {
    return [...this.sums.values()]
      .map((places) => {
        const [place] = [...places].reduce((most, next) => (next[1] > most[1] ? next : most));
        return { place, length: [...places.values()].reduce((sum, length) => sum + length, 0) };
      })
      .sort((a, b) => b.length - a.length || a.place - b.place)
      .slice(0, MOST)
      .map(({ place }) => place);
  }
}
