import type { MeshSurface } from './mesh-surface.ts';

/** A triangle that spans more cells than this is kept in a list of its own, so that memory stays linear. */
const MAX_CELLS = 8;

/** On average so many triangles to a cell, were they spread evenly. */
const TRIANGLES_PER_CELL = 2;

const MAX_GRID_CELLS = 1 << 21;

/** Triangles of a surface in the cells of a uniform grid over its bounds. Memory in proportion to the triangles. */
export class TriangleGrid {
  /** Lowest and highest coordinates of each triangle, six numbers. */
  readonly boxes: Float32Array;
  /** Triangles that span many cells. */
  private readonly large: Uint32Array;
  private readonly first: Uint32Array;
  private readonly list: Uint32Array;
  private readonly low: [number, number, number];
  private readonly size: [number, number, number];
  private readonly counts: [number, number, number];

  constructor(surface: MeshSurface) {
    this.boxes = boxesOf(surface);
    const triangles = surface.corners.length / 3;
    const { low, high } = boundsOf(this.boxes);
    this.low = low;
    const sides = [0, 1, 2].map((axis) => Math.max(high[axis]! - low[axis]!, 0));
    const longest = Math.max(...sides, Number.MIN_VALUE);
    // A surface fills a square of cells rather than a cube: its triangles decide the cells along its longest side.
    const along = Math.max(1, Math.min(128, Math.ceil(Math.sqrt(triangles / TRIANGLES_PER_CELL))));
    this.counts = sides.map((side) => Math.max(1, Math.ceil((side / longest) * along))) as [number, number, number];
    while (this.counts[0] * this.counts[1] * this.counts[2] > MAX_GRID_CELLS)
      this.counts = this.counts.map((count) => Math.ceil(count / 2)) as [number, number, number];
    this.size = sides.map((side, axis) => side / this.counts[axis]! || 1) as [number, number, number];
    const cells = this.counts[0] * this.counts[1] * this.counts[2];
    this.first = new Uint32Array(cells + 1);
    const large: number[] = [];
    for (let triangle = 0; triangle < triangles; triangle++) {
      if (this.spans(triangle) > MAX_CELLS) large.push(triangle);
      else this.eachCell(triangle, (cell) => this.first[cell + 1]!++);
    }
    for (let cell = 0; cell < cells; cell++) this.first[cell + 1]! += this.first[cell]!;
    this.list = new Uint32Array(this.first[cells]!);
    const fill = this.first.slice(0, cells);
    for (let triangle = 0; triangle < triangles; triangle++) {
      if (this.spans(triangle) > MAX_CELLS) continue;
      this.eachCell(triangle, (cell) => {
        this.list[fill[cell]!++] = triangle;
      });
    }
    this.large = Uint32Array.from(large);
  }

  /**
   * Calls `visit` for triangles whose boxes touch that of `triangle`, some of them several times, until it returns
   * true.
   *
   * @returns how many boxes were compared
   */
  visitNear(triangle: number, visit: (other: number) => boolean): number {
    let compared = 0;
    const test = (other: number): boolean => {
      compared++;
      return other !== triangle && this.touch(triangle, other) && visit(other);
    };
    for (const other of this.large) if (test(other)) return compared;
    const [nx, ny] = this.counts;
    const [x0, y0, z0, x1, y1, z1] = this.range(triangle);
    for (let z = z0; z <= z1; z++) {
      for (let y = y0; y <= y1; y++) {
        for (let x = x0; x <= x1; x++) {
          const cell = (z * ny + y) * nx + x;
          // An empty cell costs time as well, which a triangle across the whole grid could run up.
          compared++;
          for (let i = this.first[cell]!; i < this.first[cell + 1]!; i++) if (test(this.list[i]!)) return compared;
        }
      }
    }
    return compared;
  }

  private touch(a: number, b: number): boolean {
    const { boxes } = this;
    const [i, j] = [a * 6, b * 6];
    for (let k = 0; k < 3; k++)
      if (boxes[i + k]! > boxes[j + 3 + k]! || boxes[j + k]! > boxes[i + 3 + k]!) return false;
    return true;
  }

  private spans(triangle: number): number {
    const [x0, y0, z0, x1, y1, z1] = this.range(triangle);
    return (x1 - x0 + 1) * (y1 - y0 + 1) * (z1 - z0 + 1);
  }

  private eachCell(triangle: number, visit: (cell: number) => void): void {
    const [nx, ny] = this.counts;
    const [x0, y0, z0, x1, y1, z1] = this.range(triangle);
    for (let z = z0; z <= z1; z++)
      for (let y = y0; y <= y1; y++) for (let x = x0; x <= x1; x++) visit((z * ny + y) * nx + x);
  }

  private range(triangle: number): [number, number, number, number, number, number] {
    const cell = (axis: number, end: number): number =>
      Math.max(
        0,
        Math.min(
          this.counts[axis]! - 1,
          Math.floor((this.boxes[triangle * 6 + end + axis]! - this.low[axis]!) / this.size[axis]!),
        ),
      );
    return [cell(0, 0), cell(1, 0), cell(2, 0), cell(0, 3), cell(1, 3), cell(2, 3)];
  }
}

function boxesOf({ positions, corners }: MeshSurface): Float32Array {
  const boxes = new Float32Array(corners.length * 2);
  for (let triangle = 0; triangle < corners.length / 3; triangle++) {
    for (let axis = 0; axis < 3; axis++) {
      const a = positions[corners[triangle * 3]! * 3 + axis]!;
      const b = positions[corners[triangle * 3 + 1]! * 3 + axis]!;
      const c = positions[corners[triangle * 3 + 2]! * 3 + axis]!;
      boxes[triangle * 6 + axis] = Math.min(a, b, c);
      boxes[triangle * 6 + 3 + axis] = Math.max(a, b, c);
    }
  }
  return boxes;
}

function boundsOf(boxes: Float32Array): { low: [number, number, number]; high: [number, number, number] } {
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < boxes.length; i += 6) {
    for (let k = 0; k < 3; k++) {
      low[k] = Math.min(low[k]!, boxes[i + k]!);
      high[k] = Math.max(high[k]!, boxes[i + 3 + k]!);
    }
  }
  return { low, high };
}
