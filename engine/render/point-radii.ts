import { floorLog2 } from './portable-math.ts';

/** Radii of points, in render space: a dense cloud closes, and single points stay small. */
const WIDEST = 0.02;
/** Radius as a share of the distance between points: 0.71 closes a square grid, points at random need more. */
const CLOSING = 1.1;
/** Points that a cell is to hold on average, for its count to tell the density. */
const PER_CELL = 12;
/** Finest grid, cells a side: cells have numbers of 31 bits. */
const FINEST = 1024;

/**
 * Radii that let points of a cloud meet their neighbours, from how many lie nearby: points of scans lie on surfaces, so
 * that n of them in a cell of side s are about s / √n apart. The grid is as fine as the points allow.
 *
 * @param positions x y z in render space; what is not finite gets no radius (0)
 * @param least radius that is never gone below
 */
export function pointRadii(positions: Float32Array, least: number): Float32Array {
  const count = positions.length / 3;
  const radii = new Float32Array(count);
  const cells = new Int32Array(count);
  // Points on a surface occupy about side² cells, of a plane that fills render space even fewer.
  let side = 2 ** floorLog2(Math.max(8, Math.sqrt(count / PER_CELL)));
  let table = new CellTable(cellsOf(positions, cells, side));
  while (side < FINEST && count / table.size > PER_CELL * 2) {
    side *= 2;
    table = new CellTable(cellsOf(positions, cells, side));
  }
  const { keys, counts } = table;
  const perCell = new Float32Array(keys.length);
  // The cell and those at its faces that hold anything: a surface that cuts a corner of a cell is not sparse.
  const steps = [0, 1, -1, side, -side, side * side, -side * side];
  for (let slot = 0; slot < keys.length; slot++) {
    if (keys[slot] === -1) continue;
    let sum = 0;
    let filled = 0;
    for (const step of steps) {
      const neighbour = keys[slot]! + step;
      const n = neighbour < 0 ? 0 : counts[table.find(neighbour)]!;
      sum += n;
      if (n > 0) filled++;
    }
    const spacing = 2 / side / Math.sqrt(sum / filled);
    perCell[slot] = Math.max(least, Math.min(WIDEST, spacing * CLOSING));
  }
  for (let i = 0; i < count; i++) if (cells[i]! >= 0) radii[i] = perCell[table.find(cells[i]!)]!;
  return radii;
}

/** Finds the cell of each point in a grid over the cube about render space, −1 outside. */
function cellsOf(positions: Float32Array, cells: Int32Array, side: number): Int32Array {
  const scale = side / 2;
  for (let i = 0, o = 0; i < cells.length; i++, o += 3) {
    const x = Math.floor((positions[o]! + 1) * scale);
    const y = Math.floor((positions[o + 1]! + 1) * scale);
    const z = Math.floor((positions[o + 2]! + 1) * scale);
    // Also false for NaN. On the far faces the last cell counts.
    const inside = x >= 0 && y >= 0 && z >= 0 && x <= side && y <= side && z <= side;
    cells[i] = inside ? Math.min(x, side - 1) + side * (Math.min(y, side - 1) + side * Math.min(z, side - 1)) : -1;
  }
  return cells;
}

/** How many points each cell holds: a hash table with linear probing. */
class CellTable {
  /** Cell of each slot, −1 where it is free. */
  readonly keys: Int32Array;
  readonly counts: Int32Array;
  /** Cells that hold any. */
  readonly size: number;

  constructor(cells: Int32Array) {
    const capacity = 2 ** (floorLog2(cells.length * 2 + 1) + 1);
    this.keys = new Int32Array(capacity).fill(-1);
    this.counts = new Int32Array(capacity);
    let size = 0;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]!;
      if (cell < 0) continue;
      const slot = this.find(cell);
      if (this.keys[slot] === -1) {
        this.keys[slot] = cell;
        size++;
      }
      this.counts[slot]!++;
    }
    this.size = Math.max(1, size);
  }

  /** Slot that holds `cell`, or the free one where it would be. */
  find(cell: number): number {
    const { keys } = this;
    const mask = keys.length - 1;
    let slot = (Math.imul(cell, 0x9e3779b1) >>> 7) & mask;
    while (keys[slot] !== -1 && keys[slot] !== cell) slot = (slot + 1) & mask;
    return slot;
  }
}
