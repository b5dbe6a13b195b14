import type { Surface } from '../../measure/surface.ts';
import {
  doubleAreas,
  pickPoints,
  pointPositions,
  type SurfacePoints,
  scatterPoints,
} from '../solids/surface-points.ts';

/** Points to choose from for each that stays: what Yuksel recommends. */
const CANDIDATES = 5;
/** Exponent of the weights. */
const ALPHA = 8;
/** How much the least distance between the candidates is taken into account. */
const BETA = 0.65;
const GAMMA = 1.5;

/**
 * Points of a surface with blue noise: far from one another, yet without a pattern. Of five times as many, those go
 * whose neighbours are nearest until enough are left (Yuksel, "Sample elimination for generating Poisson disk sample
 * sets", 2015). Distances are straight through space: opposite sides of a thin wall count as near.
 */
export function spreadPoints(surface: Surface, count: number, seed: number): SurfacePoints {
  const candidates = scatterPoints(surface, count * CANDIDATES, seed, true);
  const total = candidates.triangles.length;
  if (total === 0) return candidates;
  const area = doubleAreas(surface).reduce((sum, double) => sum + double, 0) / 2;
  // The distance of the densest packing of that many discs.
  const densest = Math.sqrt(area / (2 * Math.sqrt(3) * count));
  const reach = 2 * densest;
  const least = densest * 2 * (1 - (count / total) ** GAMMA) * BETA;
  const positions = pointPositions(surface, candidates);
  const grid = new PointGrid(positions, reach);
  const weights = new Float64Array(total);
  const weightOf = (distance: number) => (1 - Math.max(distance, least) / reach) ** ALPHA;
  for (let i = 0; i < total; i++) {
    grid.forEachNear(i, (other, distance) => {
      if (other !== i) weights[i]! += weightOf(distance);
    });
  }
  const heap = new Heap(weights);
  const gone = new Uint8Array(total);
  for (let left = total; left > count; left--) {
    const worst = heap.pop();
    gone[worst] = 1;
    grid.forEachNear(worst, (other, distance) => {
      if (gone[other] || other === worst) return;
      weights[other]! -= weightOf(distance);
      heap.sink(other);
    });
  }
  return pickPoints(
    candidates,
    Uint32Array.from({ length: total }, (_, i) => i).filter((i) => !gone[i]),
  );
}

/** Points sorted into cells as wide as the distance that is asked for. */
class PointGrid {
  private readonly positions: Float32Array;
  private readonly reach: number;
  private readonly buckets: number;
  private readonly first: Uint32Array;
  private readonly list: Uint32Array;

  constructor(positions: Float32Array, reach: number) {
    const count = positions.length / 3;
    this.positions = positions;
    this.reach = reach;
    this.buckets = 2 ** Math.ceil(Math.log2(Math.max(16, count)));
    this.first = new Uint32Array(this.buckets + 1);
    this.list = new Uint32Array(count);
    const bucketOf = (i: number) => this.bucket(this.cell(i, 0), this.cell(i, 1), this.cell(i, 2));
    for (let i = 0; i < count; i++) this.first[bucketOf(i) + 1]!++;
    for (let i = 0; i < this.buckets; i++) this.first[i + 1]! += this.first[i]!;
    const next = this.first.slice(0, this.buckets);
    for (let i = 0; i < count; i++) this.list[next[bucketOf(i)]!++] = i;
  }

  private cell(point: number, axis: number): number {
    return Math.floor(this.positions[point * 3 + axis]! / this.reach);
  }

  private bucket(i: number, j: number, k: number): number {
    return ((Math.imul(i, 73856093) ^ Math.imul(j, 19349663) ^ Math.imul(k, 83492791)) >>> 0) & (this.buckets - 1);
  }

  /** Calls `use` for each point nearer than the reach, once each, itself included. */
  forEachNear(point: number, use: (other: number, distance: number) => void): void {
    const { positions: p, reach } = this;
    const at = point * 3;
    const [i, j, k] = [this.cell(point, 0), this.cell(point, 1), this.cell(point, 2)];
    for (let z = k - 1; z <= k + 1; z++) {
      for (let y = j - 1; y <= j + 1; y++) {
        for (let x = i - 1; x <= i + 1; x++) {
          const bucket = this.bucket(x, y, z);
          for (let n = this.first[bucket]!; n < this.first[bucket + 1]!; n++) {
            const other = this.list[n]!;
            // Other cells may share the bucket.
            if (this.cell(other, 0) !== x || this.cell(other, 1) !== y || this.cell(other, 2) !== z) continue;
            const dx = p[other * 3]! - p[at]!;
            const dy = p[other * 3 + 1]! - p[at + 1]!;
            const dz = p[other * 3 + 2]! - p[at + 2]!;
            const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
            if (distance < reach) use(other, distance);
          }
        }
      }
    }
  }
}

/** A heap of numbers with the largest weight on top; of equal weights, the smaller number. Weights only ever fall. */
class Heap {
  private readonly weights: Float64Array;
  private readonly items: Uint32Array;
  private readonly places: Uint32Array;
  private size: number;

  constructor(weights: Float64Array) {
    this.weights = weights;
    this.size = weights.length;
    this.items = Uint32Array.from({ length: this.size }, (_, i) => i);
    this.places = this.items.slice();
    for (let i = (this.size >> 1) - 1; i >= 0; i--) this.down(i);
  }

  pop(): number {
    const top = this.items[0]!;
    this.size--;
    if (this.size > 0) {
      this.put(0, this.items[this.size]!);
      this.down(0);
    }
    return top;
  }

  /** Puts an item in its place after its weight fell. */
  sink(item: number): void {
    this.down(this.places[item]!);
  }

  private down(from: number): void {
    const { items, size } = this;
    const item = items[from]!;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && this.isAbove(items[child + 1]!, items[child]!)) child++;
      if (!this.isAbove(items[child]!, item)) break;
      this.put(place, items[child]!);
      place = child;
    }
    this.put(place, item);
  }

  private isAbove(a: number, b: number): boolean {
    return this.weights[a]! > this.weights[b]! || (this.weights[a] === this.weights[b] && a < b);
  }

  private put(place: number, item: number): void {
    this.items[place] = item;
    this.places[item] = place;
  }
}
