import type { Manifold } from 'manifold-3d';
import { DisjointSets } from '../../describe/disjoint-sets.ts';
import { weldPositions } from '../../formats/geometry/weld-positions.ts';
import type { Solids } from './manifold-library.ts';
import { enclosedVolume } from './volume.ts';
import { boundsOfPoints, type SurfacePiece, type WorldSurface } from './world-surface.ts';

/** Numbers that go along with each vertex, interpolated where edges are cut. */
export interface CarriedValues {
  /** How many for each vertex. */
  width: number;
  values: Float32Array;
}

/** A body of the library with what is known of its surface. */
export interface SolidBody {
  solid: Manifold;
  /** The piece of the source behind each of the library's numbers of originals. */
  pieces: Map<number, SurfacePiece>;
}

/** Bodies that hang together by nothing are joined one by one, up to so many. */
const MOST_PARTS = 500;

/**
 * Makes a body of a closed surface. Parts that do not touch are joined, so that they may overlap; one that faces inwards
 * within another is its cavity, one that faces inwards anywhere else is turned over.
 *
 * @returns the reason where the surface encloses nothing
 */
export function solidOfSurface(solids: Solids, surface: WorldSurface, carried: CarriedValues): SolidBody | string {
  const welded = weldPositions(surface.positions);
  const parts = partsOf(surface, welded.indices);
  if (parts.length === 0) return 'it has no triangles with an area';
  const pieces = new Map<number, SurfacePiece>();
  const lists = parts.length <= MOST_PARTS ? parts : [parts.flat()];
  const bounds = lists.map((list) => boundsOf(surface, list));
  const volumes = lists.map((list) => volumeOf(surface, list));
  const added: Manifold[] = [];
  const cavities: Manifold[] = [];
  for (const [index, list] of lists.entries()) {
    const inwards = volumes[index]! < 0;
    const made = manifoldOf(
      solids,
      surface,
      carried,
      welded.indices,
      inwards ? turnedOver(surface, list) : list.map((triangle) => cornersOf(surface, triangle)),
      list,
      pieces,
    );
    if (typeof made === 'string') return made;
    const isCavity = inwards && bounds.some((other, k) => volumes[k]! > 0 && contains(other, bounds[index]!));
    (isCavity ? cavities : added).push(solids.keep(made));
  }
  if (added.length === 0) return 'it faces inwards';
  const { Manifold } = solids.wasm;
  let solid = added.length === 1 ? added[0]! : solids.keep(Manifold.union(added));
  if (cavities.length > 0) solid = solids.keep(Manifold.difference([solid, ...cavities]));
  return { solid, pieces };
}

/** Triangles of each part that hangs together, without those two corners of which are one. */
function partsOf({ indices }: WorldSurface, places: Uint32Array): number[][] {
  const sets = new DisjointSets(places.length);
  for (let i = 0; i < indices.length; i++) sets.union(places[indices[i]!]!, places[indices[i - (i % 3)]!]!);
  const parts = new Map<number, number[]>();
  for (let triangle = 0; triangle < indices.length / 3; triangle++) {
    const [a, b, c] = [0, 1, 2].map((k) => places[indices[triangle * 3 + k]!]!) as [number, number, number];
    if (a === b || b === c || c === a) continue;
    const root = sets.find(a);
    const known = parts.get(root);
    if (known) known.push(triangle);
    else parts.set(root, [triangle]);
  }
  return [...parts.values()];
}

function cornersOf({ indices }: WorldSurface, triangle: number): [number, number, number] {
  return [indices[triangle * 3]!, indices[triangle * 3 + 1]!, indices[triangle * 3 + 2]!];
}

function turnedOver(surface: WorldSurface, list: readonly number[]): [number, number, number][] {
  return list.map((triangle) => {
    const [a, b, c] = cornersOf(surface, triangle);
    return [a, c, b];
  });
}

function volumeOf(surface: WorldSurface, list: readonly number[]): number {
  return enclosedVolume(
    surface.positions,
    list.flatMap((triangle) => cornersOf(surface, triangle)),
  );
}

function boundsOf(surface: WorldSurface, list: readonly number[]) {
  const points = new Float32Array(list.length * 9);
  for (const [i, triangle] of list.entries()) {
    for (const [k, vertex] of cornersOf(surface, triangle).entries()) {
      points.set(surface.positions.subarray(vertex * 3, vertex * 3 + 3), i * 9 + k * 3);
    }
  }
  return boundsOfPoints([points]);
}

function contains(outer: { min: number[]; max: number[] }, inner: { min: number[]; max: number[] }): boolean {
  return [0, 1, 2].every((k) => outer.min[k]! < inner.min[k]! && outer.max[k]! > inner.max[k]!);
}

/** A body of some triangles of a surface; the reason where the library refuses them. */
function manifoldOf(
  { wasm }: Solids,
  surface: WorldSurface,
  { width, values }: CarriedValues,
  places: Uint32Array,
  triangles: readonly (readonly [number, number, number])[],
  list: readonly number[],
  pieces: Map<number, SurfacePiece>,
): Manifold | string {
  const number = new Map<number, number>();
  const source: number[] = [];
  const triVerts = new Uint32Array(triangles.length * 3);
  for (const [i, corners] of triangles.entries()) {
    for (const [k, vertex] of corners.entries()) {
      let made = number.get(vertex);
      if (made === undefined) {
        made = source.push(vertex) - 1;
        number.set(vertex, made);
      }
      triVerts[i * 3 + k] = made;
    }
  }
  const numProp = 3 + width;
  const vertProperties = new Float32Array(source.length * numProp);
  const firstAt = new Map<number, number>();
  const mergeFrom: number[] = [];
  const mergeTo: number[] = [];
  for (const [i, vertex] of source.entries()) {
    vertProperties.set(surface.positions.subarray(vertex * 3, vertex * 3 + 3), i * numProp);
    vertProperties.set(values.subarray(vertex * width, (vertex + 1) * width), i * numProp + 3);
    const place = places[vertex]!;
    const known = firstAt.get(place);
    if (known === undefined) firstAt.set(place, i);
    else {
      mergeFrom.push(i);
      mergeTo.push(known);
    }
  }
  const { runIndex, runOriginalID } = runsOf(wasm, surface, list, pieces);
  const mesh = new wasm.Mesh({
    numProp,
    vertProperties,
    triVerts,
    mergeFromVert: Uint32Array.from(mergeFrom),
    mergeToVert: Uint32Array.from(mergeTo),
    runIndex,
    runOriginalID,
  });
  try {
    const solid = new wasm.Manifold(mesh);
    if (solid.status() === 'NoError') return solid;
    const status = solid.status();
    solid.delete();
    return reasonOf(status);
  } catch (error) {
    return reasonOf(error instanceof Error ? error.message : String(error));
  }
}

/** Triangles of one piece follow one another; each piece has a number of its own. */
function runsOf(
  wasm: Solids['wasm'],
  surface: WorldSurface,
  list: readonly number[],
  pieces: Map<number, SurfacePiece>,
) {
  const runIndex: number[] = [];
  const runOriginalID: number[] = [];
  let at = -1;
  for (const [i, triangle] of list.entries()) {
    let next = Math.max(0, at);
    while (next + 1 < surface.pieces.length && surface.pieces[next + 1]!.firstTriangle <= triangle) next++;
    if (next === at) continue;
    at = next;
    const id = wasm.Manifold.reserveIDs(1);
    pieces.set(id, surface.pieces[at]!);
    runIndex.push(i * 3);
    runOriginalID.push(id);
  }
  runIndex.push(list.length * 3);
  return { runIndex: Uint32Array.from(runIndex), runOriginalID: Uint32Array.from(runOriginalID) };
}

function reasonOf(status: string): string {
  if (/not ?manifold/i.test(status)) return 'it is open, or more than two triangles meet at an edge';
  if (/non-?finite/i.test(status)) return 'it has positions that are no numbers';
  return status;
}
