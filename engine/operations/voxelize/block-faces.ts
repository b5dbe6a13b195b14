import type { Lattice } from '../solids/lattice.ts';

/** Flat arrays of a primitive of triangles. */
export interface BlockFaces {
  positions: Float32Array;
  normals: Float32Array;
  colors: Uint16Array | null;
  indices: Uint32Array;
}

/**
 * The faces between full and empty cells, with four vertices each.
 *
 * @param shown the cells that have faces, in rising order
 * @param colors four numbers for each of them, or one colour for all
 * @param merge makes one rectangle of neighbours in one plane with the same colour: first as long as possible, then as
 * wide (greedy meshing). Its corners then lie on the sides of others
 */
export function blockFaces(
  cells: Uint8Array,
  lattice: Lattice,
  shown: Uint32Array,
  colors: Uint16Array | null,
  merge: boolean,
): BlockFaces {
  const faces = new FaceList(lattice, colors);
  const numbers = new Map<number, number>();
  if (colors) for (const [number, cell] of shown.entries()) numbers.set(cell, number);
  for (const axis of [0, 1, 2] as const) {
    for (const side of [-1, 1] as const) {
      for (const layer of layersOf(cells, lattice, shown, axis, side))
        addLayer(layer, lattice, axis, side, numbers, faces, merge);
    }
  }
  return faces.finish();
}

/** Cells of each layer across an axis that have a face to one side, in rising order. */
function layersOf(cells: Uint8Array, { size }: Lattice, shown: Uint32Array, axis: number, side: number): number[][] {
  const stride = [1, size[0], size[0] * size[1]];
  const layers: number[][] = Array.from({ length: size[axis]! }, () => []);
  for (const cell of shown) {
    if (cells[cell + side * stride[axis]!]) continue;
    layers[Math.floor(cell / stride[axis]!) % size[axis]!]!.push(cell);
  }
  return layers.filter((layer) => layer.length > 0);
}

function addLayer(
  layer: readonly number[],
  { size }: Lattice,
  axis: 0 | 1 | 2,
  side: -1 | 1,
  numbers: ReadonlyMap<number, number>,
  faces: FaceList,
  merge: boolean,
): void {
  const stride = [1, size[0], size[0] * size[1]];
  const [first, second] = axis === 0 ? [1, 2] : axis === 1 ? [0, 2] : [0, 1];
  const open = new Set(layer);
  const placeOf = (cell: number, k: number) => Math.floor(cell / stride[k]!) % size[k]!;
  for (const cell of layer) {
    if (!open.has(cell)) continue;
    const color = faces.colorKey(numbers.get(cell));
    const fits = (other: number) => merge && open.has(other) && faces.colorKey(numbers.get(other)) === color;
    let long = 1;
    while (placeOf(cell, first!) + long < size[first!]! && fits(cell + long * stride[first!]!)) long++;
    let wide = 1;
    const rowFits = (row: number) => {
      for (let i = 0; i < long; i++) if (!fits(cell + row * stride[second!]! + i * stride[first!]!)) return false;
      return true;
    };
    while (placeOf(cell, second!) + wide < size[second!]! && rowFits(wide)) wide++;
    for (let j = 0; j < wide; j++) {
      for (let i = 0; i < long; i++) open.delete(cell + j * stride[second!]! + i * stride[first!]!);
    }
    const place = [placeOf(cell, 0), placeOf(cell, 1), placeOf(cell, 2)];
    faces.add({ place, axis, side, first: first!, second: second!, long, wide }, numbers.get(cell));
  }
}

interface Rectangle {
  /** Its first cell. */
  place: number[];
  axis: number;
  side: -1 | 1;
  /** The axes along which it is `long` and `wide`. */
  first: number;
  second: number;
  long: number;
  wide: number;
}

class FaceList {
  private readonly lattice: Lattice;
  private readonly given: Uint16Array | null;
  private readonly positions: number[] = [];
  private readonly normals: number[] = [];
  private readonly colors: number[] = [];
  private readonly indices: number[] = [];

  constructor(lattice: Lattice, given: Uint16Array | null) {
    this.lattice = lattice;
    this.given = given;
  }

  /** The same for the same colour. */
  colorKey(number: number | undefined): number {
    if (!this.given || number === undefined) return 0;
    const at = number * 4;
    const g = this.given;
    return (g[at]! * 65_536 + g[at + 1]!) * 65_536 + g[at + 2]!;
  }

  add({ place, axis, side, first, second, long, wide }: Rectangle, number: number | undefined): void {
    const { start, step } = this.lattice;
    const base = this.positions.length / 3;
    for (const [i, j] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ] as const) {
      const corner = [0, 1, 2].map((k) => place[k]! - 0.5);
      corner[first]! += i * long;
      corner[second]! += j * wide;
      if (side > 0) corner[axis]! += 1;
      for (let k = 0; k < 3; k++) this.positions.push(start[k]! + corner[k]! * step);
      this.normals.push(axis === 0 ? side : 0, axis === 1 ? side : 0, axis === 2 ? side : 0);
      if (this.given) for (let k = 0; k < 4; k++) this.colors.push(this.given[number! * 4 + k]!);
    }
    // The first axis turns to the second counter-clockwise as seen along the third, but not so for y.
    const forward = (axis === 1 ? -1 : 1) * side > 0;
    const quad = forward ? [0, 1, 2, 0, 2, 3] : [0, 2, 1, 0, 3, 2];
    for (const corner of quad) this.indices.push(base + corner);
  }

  finish(): BlockFaces {
    return {
      positions: Float32Array.from(this.positions),
      normals: Float32Array.from(this.normals),
      colors: this.given && Uint16Array.from(this.colors),
      indices: Uint32Array.from(this.indices),
    };
  }
}
