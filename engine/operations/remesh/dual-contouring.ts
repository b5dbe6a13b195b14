import type { Surface } from '../../measure/surface.ts';
import { insidePoints } from '../solids/inside-points.ts';
import { type Lattice, latticeIndex } from '../solids/lattice.ts';
import { forEachCrossing } from '../solids/ray-crossings.ts';
import { faceNormal } from '../solids/surface-normals.ts';
import { solveVertex } from './solve-vertex.ts';

/** A closed surface. */
export interface Contoured {
  /** Three for each vertex. */
  positions: Float32Array;
  indices: Uint32Array;
  /** Share of the rows through the source that do not come out as often as they go in. */
  broken: number;
}

/** Twelve edges of a cell: the corner where each begins, and its axis. Corner `c` lies at bits 0, 1, 2 of `c`. */
const EDGES = ([0, 1, 2] as const).flatMap((axis) =>
  [0, 1, 2, 3].map((i) => {
    const [low, high] = [(axis + 1) % 3, (axis + 2) % 3];
    return { axis, corner: ((i & 1) << low) | ((i >> 1) << high) };
  }),
);

/**
 * Makes a closed surface around what is inside of another, in cells of a lattice (dual contouring: Ju, Losasso,
 * Schaefer and Warren 2002). Where a row of the lattice crosses the source, place and normal are known exactly, and each
 * cell's vertex is put where these planes meet: edges stay sharp. A cell that several sheets pass through has a vertex
 * for each (Schaefer, Ju and Warren, "Manifold dual contouring", 2007); where full points touch across a face alone, one
 * more is filled, so that no edge has more than two triangles.
 *
 * @param lattice whose outermost points are outside
 */
export function contourSurface(surface: Surface, lattice: Lattice): Contoured {
  const { inside, broken } = insidePoints(surface, lattice);
  fillDiagonals(inside, lattice);
  const crossings = crossingsOf(surface, lattice, inside);
  return { ...connect(surface, lattice, inside, crossings), broken };
}

/** Fills points until no face of a cell has two full corners that are opposite and two empty ones. */
function fillDiagonals(inside: Uint8Array, { size }: Lattice): void {
  const stride = [1, size[0], size[0] * size[1]];
  for (let changed = true; changed; ) {
    changed = false;
    for (const axis of [0, 1, 2]) {
      const [u, v] = [stride[(axis + 1) % 3]!, stride[(axis + 2) % 3]!];
      for (let i = 0; i + u + v < inside.length; i++) {
        const [a, b, c, d] = [inside[i]!, inside[i + u]!, inside[i + v]!, inside[i + u + v]!];
        if (a !== d || b !== c || a === b) continue;
        if (a) inside[i + u] = 1;
        else inside[i] = 1;
        changed = true;
      }
    }
  }
}

/** For edges of the lattice between full and empty points: the triangle that is crossed, and where, in steps. */
interface Crossings {
  triangles: Map<number, number>;
  places: Map<number, number>;
}

/** An edge has the number of its first point times three, and its axis. */
function crossingsOf(surface: Surface, lattice: Lattice, inside: Uint8Array): Crossings {
  const { size } = lattice;
  const stride = [1, size[0], size[0] * size[1]];
  const triangles = new Map<number, number>();
  const places = new Map<number, number>();
  for (const axis of [0, 1, 2] as const) {
    const point: [number, number, number] = [0, 0, 0];
    forEachCrossing(surface, lattice, axis, (u, v, place, sign, triangle) => {
      const from = Math.ceil(place) - 1;
      if (from < 0 || from + 1 >= size[axis]) return;
      point[axis] = from;
      point[(axis + 1) % 3] = u;
      point[(axis + 2) % 3] = v;
      const first = latticeIndex(lattice, ...point);
      const goesIn = inside[first + stride[axis]!]! - inside[first]!;
      if (goesIn === 0) return;
      const edge = first * 3 + axis;
      const known = places.get(edge);
      // Of several, the outermost that goes the right way.
      if (known !== undefined && (sign !== goesIn || (goesIn > 0 ? place >= known : place <= known))) return;
      places.set(edge, place - from);
      triangles.set(edge, triangle);
    });
  }
  return { triangles, places };
}

/** A vertex for each sheet in each cell, and two triangles around each edge between full and empty points. */
function connect(surface: Surface, lattice: Lattice, inside: Uint8Array, crossings: Crossings) {
  const { size } = lattice;
  const stride = [1, size[0], size[0] * size[1]];
  const offsets = Array.from({ length: 8 }, (_, c) => (c & 1) + ((c >> 1) & 1) * stride[1]! + (c >> 2) * stride[2]!);
  const positions: number[] = [];
  /** The vertex of each edge of each cell that has some, twelve a cell. */
  const vertices = new Map<number, Int32Array>();
  for (let z = 0; z + 1 < size[2]; z++) {
    for (let y = 0; y + 1 < size[1]; y++) {
      for (let x = 0; x + 1 < size[0]; x++) {
        const cell = latticeIndex(lattice, x, y, z);
        let corners = 0;
        for (let c = 0; c < 8; c++) corners |= inside[cell + offsets[c]!]! << c;
        if (corners === 0 || corners === 255) continue;
        const sheets = SHEETS[corners]!;
        const ofEdges = new Int32Array(12).fill(-1);
        for (const sheet of sheets) {
          const vertex = positions.length / 3;
          for (const edge of sheet) ofEdges[edge] = vertex;
          const planes = sheet.map((edge) => planeOf(surface, lattice, crossings, [x, y, z], edge, cell, offsets));
          positions.push(...solveVertex(planes, lattice, [x, y, z]));
        }
        vertices.set(cell, ofEdges);
      }
    }
  }
  const indices: number[] = [];
  for (const cell of vertices.keys()) {
    for (const axis of [0, 1, 2] as const) {
      // The first edge of each axis in a cell is the lattice's own: the three cells before share it.
      const [low, high] = [stride[(axis + 1) % 3]!, stride[(axis + 2) % 3]!];
      const change = inside[cell + stride[axis]!]! - inside[cell]!;
      if (change === 0) continue;
      const around = [
        vertices.get(cell)![axis * 4]!,
        vertices.get(cell - low)![axis * 4 + 1]!,
        vertices.get(cell - low - high)![axis * 4 + 3]!,
        vertices.get(cell - high)![axis * 4 + 2]!,
      ];
      pushQuad(change < 0 ? around : around.reverse(), positions, indices);
    }
  }
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** Where the source crosses an edge of a cell, and its normal; the middle where a hole was closed. */
function planeOf(
  surface: Surface,
  lattice: Lattice,
  { triangles, places }: Crossings,
  cell: readonly [number, number, number],
  edge: number,
  first: number,
  offsets: readonly number[],
): { point: [number, number, number]; normal: [number, number, number] | null } {
  const { axis, corner } = EDGES[edge]!;
  const number = (first + offsets[corner]!) * 3 + axis;
  const point = [0, 1, 2].map((k) => cell[k]! + ((corner >> k) & 1)) as [number, number, number];
  point[axis] += places.get(number) ?? 0.5;
  const triangle = triangles.get(number);
  const at = point.map((value, k) => lattice.start[k]! + value * lattice.step) as [number, number, number];
  return { point: at, normal: triangle === undefined ? null : faceNormal(surface, triangle) };
}

/** Two triangles, along the shorter diagonal. */
function pushQuad([a, b, c, d]: readonly number[], p: readonly number[], indices: number[]): void {
  const square = (i: number, j: number) => [0, 1, 2].reduce((sum, k) => sum + (p[i * 3 + k]! - p[j * 3 + k]!) ** 2, 0);
  if (square(a!, c!) <= square(b!, d!)) indices.push(a!, b!, c!, a!, c!, d!);
  else indices.push(b!, c!, d!, b!, d!, a!);
}

/** For each pattern of full corners the edges that each sheet crosses. Faces with four crossings do not occur. */
const SHEETS: readonly number[][][] = Array.from({ length: 256 }, (_, corners) => sheetsOf(corners));

function sheetsOf(corners: number): number[][] {
  const isFull = (corner: number) => (corners >> corner) & 1;
  const crossed = EDGES.map(({ axis, corner }) => isFull(corner) !== isFull(corner | (1 << axis)));
  const sheet = EDGES.map((_, i) => i);
  const find = (i: number): number => (sheet[i] === i ? i : find(sheet[i]!));
  for (let face = 0; face < 6; face++) {
    const [across, side] = [face >> 1, face & 1];
    const onFace = EDGES.flatMap(({ axis, corner }, i) =>
      axis !== across && ((corner >> across) & 1) === side && crossed[i] ? [i] : [],
    );
    for (const edge of onFace.slice(1)) sheet[find(edge)] = find(onFace[0]!);
  }
  const groups = new Map<number, number[]>();
  for (const [i, isCrossed] of crossed.entries()) {
    if (isCrossed) groups.set(find(i), [...(groups.get(find(i)) ?? []), i]);
  }
  return [...groups.values()];
}
