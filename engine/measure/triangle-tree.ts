import type { Surface } from './surface.ts';

/** Triangles of a leaf at most. */
const LEAF = 4;
/** Deeper than a tree that halves 2³² triangles. */
const STACK = 64;

/**
 * A tree of boxes over the triangles of a surface, for the distance from points to it. Each node splits its triangles
 * at the median of their middles along the longest side of these: balanced, without any heuristic to tune, and for
 * nearest points as good as one with the surface area heuristic, which is made for rays.
 */
export class TriangleTree {
  private readonly positions: Float32Array;
  private readonly indices: Uint32Array;
  /** Triangles in the order of the leaves. */
  private readonly order: Uint32Array;
  /** Six for each node: lower corner, upper corner. */
  private readonly boxes: Float32Array;
  /** First triangle of a node in `order`, and how many. The children of node n are 2n + 1 and 2n + 2. */
  private readonly first: Uint32Array;
  private readonly count: Uint32Array;
  private readonly stack = new Int32Array(STACK);
  private readonly stackDistance = new Float64Array(STACK);

  constructor({ positions, indices }: Pick<Surface, 'positions' | 'indices'>) {
    this.positions = positions;
    this.indices = indices;
    const triangles = indices.length / 3;
    this.order = new Uint32Array(triangles);
    let levels = 0;
    while (Math.ceil(triangles / 2 ** levels) > LEAF) levels++;
    const nodes = 2 ** (levels + 1) - 1;
    this.boxes = new Float32Array(nodes * 6);
    this.first = new Uint32Array(nodes);
    this.count = new Uint32Array(nodes);
    this.build(triangles, 2 ** levels - 1);
  }

  private build(triangles: number, firstLeaf: number): void {
    const { order, first, count, boxes } = this;
    const middles = this.middles(triangles);
    for (let i = 0; i < triangles; i++) order[i] = i;
    count[0] = triangles;
    for (let node = 0; node < firstLeaf; node++) {
      const from = first[node]!;
      const size = count[node]!;
      const half = size >> 1;
      select(order, middles, this.longestAxis(middles, from, size), from, from + size, from + half);
      first[2 * node + 1] = from;
      count[2 * node + 1] = half;
      first[2 * node + 2] = from + half;
      count[2 * node + 2] = size - half;
    }
    for (let node = count.length - 1; node >= 0; node--) {
      const at = node * 6;
      for (let k = 0; k < 3; k++) {
        boxes[at + k] = Infinity;
        boxes[at + 3 + k] = -Infinity;
      }
      if (node >= firstLeaf) this.boxOfLeaf(node);
      else {
        for (const child of [(2 * node + 1) * 6, (2 * node + 2) * 6]) {
          for (let k = 0; k < 3; k++) {
            boxes[at + k] = Math.min(boxes[at + k]!, boxes[child + k]!);
            boxes[at + 3 + k] = Math.max(boxes[at + 3 + k]!, boxes[child + 3 + k]!);
          }
        }
      }
    }
  }

  private middles(triangles: number): Float32Array {
    const { positions: p, indices } = this;
    const out = new Float32Array(triangles * 3);
    for (let i = 0; i < triangles; i++) {
      const a = indices[i * 3]! * 3;
      const b = indices[i * 3 + 1]! * 3;
      const c = indices[i * 3 + 2]! * 3;
      for (let k = 0; k < 3; k++) out[i * 3 + k] = (p[a + k]! + p[b + k]! + p[c + k]!) / 3;
    }
    return out;
  }

  private longestAxis(middles: Float32Array, from: number, size: number): number {
    const min = [Infinity, Infinity, Infinity];
    const max = [-Infinity, -Infinity, -Infinity];
    for (let i = from; i < from + size; i++) {
      const at = this.order[i]! * 3;
      for (let k = 0; k < 3; k++) {
        const value = middles[at + k]!;
        if (value < min[k]!) min[k] = value;
        if (value > max[k]!) max[k] = value;
      }
    }
    const size3 = max.map((value, k) => value - min[k]!) as [number, number, number];
    return size3[0] >= size3[1] && size3[0] >= size3[2] ? 0 : size3[1] >= size3[2] ? 1 : 2;
  }

  private boxOfLeaf(node: number): void {
    const { positions, indices, order, boxes } = this;
    const at = node * 6;
    for (let i = this.first[node]!; i < this.first[node]! + this.count[node]!; i++) {
      for (let corner = 0; corner < 3; corner++) {
        const p = indices[order[i]! * 3 + corner]! * 3;
        for (let k = 0; k < 3; k++) {
          const value = positions[p + k]!;
          if (value < boxes[at + k]!) boxes[at + k] = value;
          if (value > boxes[at + 3 + k]!) boxes[at + 3 + k] = value;
        }
      }
    }
  }

  /**
   * Square of the distance from a point to the nearest triangle.
   *
   * @param hint a triangle that may be near, such as that of the last point; the search then begins with a bound
   * @returns the triangle in `nearest`, for the next call
   */
  squaredDistance(x: number, y: number, z: number, hint: number, nearest: { triangle: number }): number {
    const { order, first, count, stack, stackDistance } = this;
    const leaves = (count.length - 1) >> 1;
    let best = this.toTriangle(hint, x, y, z);
    nearest.triangle = hint;
    let size = 0;
    stack[size] = 0;
    stackDistance[size++] = this.toBox(0, x, y, z);
    while (size > 0) {
      size--;
      if (stackDistance[size]! >= best) continue;
      let node = stack[size]!;
      while (node < leaves) {
        const left = 2 * node + 1;
        const l = this.toBox(left, x, y, z);
        const r = this.toBox(left + 1, x, y, z);
        const near = l <= r ? left : left + 1;
        const far = l <= r ? r : l;
        if (far < best) {
          stack[size] = near === left ? left + 1 : left;
          stackDistance[size++] = far;
        }
        if (Math.min(l, r) >= best) {
          node = -1;
          break;
        }
        node = near;
      }
      if (node < 0) continue;
      for (let i = first[node]!; i < first[node]! + count[node]!; i++) {
        const distance = this.toTriangle(order[i]!, x, y, z);
        if (distance < best) {
          best = distance;
          nearest.triangle = order[i]!;
        }
      }
    }
    return best;
  }

  private toBox(node: number, x: number, y: number, z: number): number {
    const b = this.boxes;
    const at = node * 6;
    const dx = Math.max(b[at]! - x, 0, x - b[at + 3]!);
    const dy = Math.max(b[at + 1]! - y, 0, y - b[at + 4]!);
    const dz = Math.max(b[at + 2]! - z, 0, z - b[at + 5]!);
    return dx * dx + dy * dy + dz * dz;
  }

  /** Ericson, Real-Time Collision Detection (2004), section 5.1.5. */
  private toTriangle(triangle: number, x: number, y: number, z: number): number {
    const { positions: p, indices } = this;
    const i = indices[triangle * 3]! * 3;
    const j = indices[triangle * 3 + 1]! * 3;
    const k = indices[triangle * 3 + 2]! * 3;
    const ax = p[i]!;
    const ay = p[i + 1]!;
    const az = p[i + 2]!;
    const abx = p[j]! - ax;
    const aby = p[j + 1]! - ay;
    const abz = p[j + 2]! - az;
    const acx = p[k]! - ax;
    const acy = p[k + 1]! - ay;
    const acz = p[k + 2]! - az;
    const apx = x - ax;
    const apy = y - ay;
    const apz = z - az;
    const d1 = abx * apx + aby * apy + abz * apz;
    const d2 = acx * apx + acy * apy + acz * apz;
    if (d1 <= 0 && d2 <= 0) return apx * apx + apy * apy + apz * apz;
    const bpx = apx - abx;
    const bpy = apy - aby;
    const bpz = apz - abz;
    const d3 = abx * bpx + aby * bpy + abz * bpz;
    const d4 = acx * bpx + acy * bpy + acz * bpz;
    if (d3 >= 0 && d4 <= d3) return bpx * bpx + bpy * bpy + bpz * bpz;
    const cpx = apx - acx;
    const cpy = apy - acy;
    const cpz = apz - acz;
    const d5 = abx * cpx + aby * cpy + abz * cpz;
    const d6 = acx * cpx + acy * cpy + acz * cpz;
    if (d6 >= 0 && d5 <= d6) return cpx * cpx + cpy * cpy + cpz * cpz;
    const vc = d1 * d4 - d3 * d2;
    const vb = d5 * d2 - d1 * d6;
    const va = d3 * d6 - d5 * d4;
    let v: number;
    let w: number;
    if (vc <= 0 && d1 >= 0 && d3 <= 0) {
      v = d1 - d3 > 0 ? d1 / (d1 - d3) : 0;
      w = 0;
    } else if (vb <= 0 && d2 >= 0 && d6 <= 0) {
      v = 0;
      w = d2 - d6 > 0 ? d2 / (d2 - d6) : 0;
    } else if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0) {
      const length = d4 - d3 + (d5 - d6);
      w = length > 0 ? (d4 - d3) / length : 0;
      v = 1 - w;
    } else {
      const denominator = 1 / (va + vb + vc);
      v = vb * denominator;
      w = vc * denominator;
    }
    const dx = apx - abx * v - acx * w;
    const dy = apy - aby * v - acy * w;
    const dz = apz - abz * v - acz * w;
    return dx * dx + dy * dy + dz * dz;
  }
}

/** Hoare's selection: afterwards no entry before `middle` has a larger key than one from it on. */
function select(
  order: Uint32Array,
  middles: Float32Array,
  axis: number,
  from: number,
  to: number,
  middle: number,
): void {
  let low = from;
  let high = to - 1;
  while (low < high) {
    const pivot = middles[order[(low + high) >> 1]! * 3 + axis]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (middles[order[i]! * 3 + axis]! < pivot) i++;
      while (middles[order[j]! * 3 + axis]! > pivot) j--;
      if (i <= j) {
        const swapped = order[i]!;
        order[i] = order[j]!;
        order[j] = swapped;
        i++;
        j--;
      }
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}
