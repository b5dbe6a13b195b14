import { newellNormal, triangulate } from '../obj/triangulate.ts';

/** Below this the plain algorithm is faster. */
const GRID_FROM = 80;

/** Point tests for one polygon before the rest of it is cut as a fan: about a second. */
const MAX_TESTS = 100_000_000;

/**
 * Cuts a polygon of any size into `count - 2` triangles by ear clipping. In large polygons (floor plans, text, letters
 * cut out of a plate: tens of thousands of corners) the reflex corners lie in a grid, so that an ear is tested only
 * against those nearby, which makes the time grow about linearly instead of with the square.
 *
 * @param corners vertex numbers of the polygon
 * @param emit gets corner numbers relative to the polygon
 * @returns false where the polygon crosses itself
 */
export function cutPolygon(
  positions: Float64Array,
  corners: number[],
  emit: (a: number, b: number, c: number) => void,
): boolean {
  if (corners.length < GRID_FROM) return triangulate(positions, corners, emit);
  const points = projectPolygon(positions, corners);
  if (!points) {
    for (let i = 1; i + 1 < corners.length; i++) emit(0, i, i + 1);
    return true;
  }
  return new GridClipper(points).clip(emit);
}

class GridClipper {
  private readonly p: Float64Array;
  private readonly count: number;
  private readonly next: Int32Array;
  private readonly previous: Int32Array;
  /** The chain of reflex corners of each cell. */
  private readonly head: Int32Array;
  private readonly link: Int32Array;
  private readonly reflex: Uint8Array;
  private readonly columns: number;
  private readonly minX: number;
  private readonly minY: number;
  private readonly perX: number;
  private readonly perY: number;
  private tests = 0;

  constructor(p: Float64Array) {
    this.p = p;
    this.count = p.length / 2;
    const { count } = this;
    this.next = Int32Array.from({ length: count }, (_, i) => (i + 1) % count);
    this.previous = Int32Array.from({ length: count }, (_, i) => (i + count - 1) % count);
    let minX = Infinity;
    let minY = Infinity;
    let maxX = -Infinity;
    let maxY = -Infinity;
    for (let i = 0; i < count; i++) {
      minX = Math.min(minX, p[i * 2]!);
      maxX = Math.max(maxX, p[i * 2]!);
      minY = Math.min(minY, p[i * 2 + 1]!);
      maxY = Math.max(maxY, p[i * 2 + 1]!);
    }
    this.columns = Math.max(1, Math.ceil(Math.sqrt(count / 2)));
    this.minX = minX;
    this.minY = minY;
    this.perX = maxX > minX ? this.columns / (maxX - minX) : 0;
    this.perY = maxY > minY ? this.columns / (maxY - minY) : 0;
    this.head = new Int32Array(this.columns * this.columns).fill(-1);
    this.link = new Int32Array(count).fill(-1);
    this.reflex = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      if (area(p, this.previous[i]!, i, this.next[i]!) > 0) continue;
      this.reflex[i] = 1;
      const cell = this.row(p[i * 2 + 1]!) * this.columns + this.column(p[i * 2]!);
      this.link[i] = this.head[cell]!;
      this.head[cell] = i;
    }
  }

  clip(emit: (a: number, b: number, c: number) => void): boolean {
    const { p, next, previous } = this;
    let left = this.count;
    let at = 0;
    let misses = 0;
    let simple = true;
    while (left > 3) {
      const a = previous[at]!;
      const c = next[at]!;
      const forced = misses >= left || this.tests > MAX_TESTS;
      if (forced) simple = false;
      else if (!this.isEar(a, at, c)) {
        at = c;
        misses++;
        continue;
      }
      emit(a, at, c);
      this.reflex[at] = 0;
      next[a] = c;
      previous[c] = a;
      left--;
      misses = 0;
      // Cutting an ear can only open its neighbours, never close them.
      if (this.reflex[a] && area(p, previous[a]!, a, c) > 0) this.reflex[a] = 0;
      if (this.reflex[c] && area(p, a, c, next[c]!) > 0) this.reflex[c] = 0;
      at = next[c]!;
    }
    emit(previous[at]!, at, next[at]!);
    return simple;
  }

  private isEar(a: number, b: number, c: number): boolean {
    const { p, head, link, reflex, columns } = this;
    const size = area(p, a, b, c);
    if (size < 0) return false;
    if (size === 0) return true;
    const x0 = this.column(Math.min(p[a * 2]!, p[b * 2]!, p[c * 2]!));
    const x1 = this.column(Math.max(p[a * 2]!, p[b * 2]!, p[c * 2]!));
    const y0 = this.row(Math.min(p[a * 2 + 1]!, p[b * 2 + 1]!, p[c * 2 + 1]!));
    const y1 = this.row(Math.max(p[a * 2 + 1]!, p[b * 2 + 1]!, p[c * 2 + 1]!));
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const cell = y * columns + x;
        this.tests++;
        for (let i = head[cell]!, before = -1; i >= 0; i = link[i]!) {
          if (!reflex[i]) {
            // Corners that are no longer reflex leave the grid when somebody passes by.
            if (before < 0) head[cell] = link[i]!;
            else link[before] = link[i]!;
            continue;
          }
          before = i;
          this.tests++;
          if (i === a || i === b || i === c || same(p, i, a) || same(p, i, b) || same(p, i, c)) continue;
          if (area(p, a, b, i) >= 0 && area(p, b, c, i) >= 0 && area(p, c, a, i) >= 0) return false;
        }
      }
    }
    return true;
  }

  private column(x: number): number {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((x - this.minX) * this.perX)));
  }

  private row(y: number): number {
    return Math.min(this.columns - 1, Math.max(0, Math.floor((y - this.minY) * this.perY)));
  }
}

/** Twice the signed area of a triangle; positive when it runs anticlockwise. */
function area(p: Float64Array, a: number, b: number, c: number): number {
  const ax = p[a * 2]!;
  const ay = p[a * 2 + 1]!;
  return (p[b * 2]! - ax) * (p[c * 2 + 1]! - ay) - (p[b * 2 + 1]! - ay) * (p[c * 2]! - ax);
}

function same(p: Float64Array, a: number, b: number): boolean {
  return p[a * 2] === p[b * 2] && p[a * 2 + 1] === p[b * 2 + 1];
}

/** The polygon in its own plane, running anticlockwise; null where it has no area or no finite one. */
function projectPolygon(positions: Float64Array, corners: readonly number[]): Float64Array | null {
  const [nx, ny, nz] = newellNormal(positions, corners);
  const ax = Math.abs(nx);
  const ay = Math.abs(ny);
  const az = Math.abs(nz);
  if (!(ax + ay + az > 0) || !Number.isFinite(ax + ay + az)) return null;
  const [u, v, sign] = az >= ax && az >= ay ? [0, 1, nz] : ax >= ay ? [1, 2, nx] : [2, 0, ny];
  const out = new Float64Array(corners.length * 2);
  for (let i = 0; i < corners.length; i++) {
    const at = corners[i]! * 3;
    out[i * 2] = positions[at + u]!;
    out[i * 2 + 1] = sign > 0 ? positions[at + v]! : -positions[at + v]!;
  }
  return out;
}
