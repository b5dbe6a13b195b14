import type { Document } from '@gltf-transform/core';
import { DisjointSets } from '../../describe/disjoint-sets.ts';
import { weldPositions } from '../../formats/geometry/weld-positions.ts';
import { appendTriangles, type VertexOf } from '../fill-holes/append-triangles.ts';
import { floatValues } from '../float-values.ts';
import type { Solids } from '../solids/manifold-library.ts';
import type { ClippedPrimitive } from './clip-primitive.ts';
import { joinEdges } from './outlines.ts';

/** What capping one side of a mesh did. */
export interface Caps {
  loops: number;
  /** Outlines that are no loops. */
  open: number;
}

/**
 * Closes the rims of clipped primitives of one mesh with triangles in the plane: outlines and the holes in them, across
 * materials. Each part of the cap goes to the primitive that most of its rim belongs to.
 *
 * @param normal of the caps, in the space of the mesh
 * @param flat two coordinates in the plane of a point of the mesh, counter-clockwise as seen from outside
 */
export function capMesh(
  document: Document,
  { wasm }: Solids,
  clipped: readonly ClippedPrimitive[],
  normal: readonly [number, number, number],
  flat: (x: number, y: number, z: number) => [number, number],
): Caps {
  const { edges, points, owners } = gatherRims(clipped);
  const { loops, open } = joinEdges(edges);
  if (loops.length === 0) return { loops: 0, open: open.length };
  const corners = loops.flat();
  const polygons = loops.map((loop) => loop.map((point) => flat(...points.places[point]!)));
  const triangles = wasm.triangulate(polygons).flat();
  const parts = partsOf(loops, triangles);
  for (const part of parts) {
    const owner = ownerOf(part, corners, owners);
    const used = [...new Set(part)];
    const number = new Map(used.map((corner, i) => [corner, i]));
    appendTriangles(document, clipped[owner]!.primitive, {
      sources: used.map((corner) => points.sources[corners[corner]!]!),
      normals: used.flatMap(() => [...normal]),
      triangles: part.map((corner) => number.get(corner)!),
    });
  }
  return { loops: loops.length, open: open.length };
}

interface RimPoints {
  /** Where each point is, in the space of the mesh. */
  places: [number, number, number][];
  /** A vertex there. */
  sources: VertexOf[];
}

/** The rims of all primitives with the same numbers for the same places, running as the cap has to. */
function gatherRims(clipped: readonly ClippedPrimitive[]) {
  const values: number[] = [];
  const sources: VertexOf[] = [];
  const owner: number[] = [];
  for (const [index, { primitive, rim }] of clipped.entries()) {
    if (rim.length === 0) continue;
    const positions = floatValues(primitive.getAttribute('POSITION')!, 3);
    for (const vertex of rim) {
      values.push(positions[vertex * 3]!, positions[vertex * 3 + 1]!, positions[vertex * 3 + 2]!);
      sources.push({ primitive, index: vertex });
      owner.push(index);
    }
  }
  const welded = weldPositions(Float32Array.from(values));
  const points: RimPoints = { places: [], sources: [] };
  const owners: number[] = [];
  for (let i = 0; i < welded.positions.length / 3; i++) {
    points.places.push([welded.positions[i * 3]!, welded.positions[i * 3 + 1]!, welded.positions[i * 3 + 2]!]);
  }
  const edges: number[] = [];
  for (let i = 0; i < welded.indices.length; i += 2) {
    const [from, to] = [welded.indices[i]!, welded.indices[i + 1]!];
    edges.push(to, from);
    for (const [point, at] of [
      [from, i],
      [to, i + 1],
    ] as const) {
      points.sources[point] ??= sources[at]!;
      owners[point] ??= owner[at]!;
    }
  }
  return { edges, points, owners };
}

/** Triangles of outlines that belong together: an outer one and the holes in it. */
function partsOf(loops: readonly number[][], triangles: readonly number[]): number[][] {
  const loopOf = loops.flatMap((loop, index) => loop.map(() => index));
  const sets = new DisjointSets(loops.length);
  for (let i = 0; i < triangles.length; i++) sets.union(loopOf[triangles[i]!]!, loopOf[triangles[i - (i % 3)]!]!);
  const parts = new Map<number, number[]>();
  for (const corner of triangles) {
    const root = sets.find(loopOf[corner]!);
    const known = parts.get(root);
    if (known) known.push(corner);
    else parts.set(root, [corner]);
  }
  return [...parts.values()];
}

function ownerOf(part: readonly number[], corners: readonly number[], owners: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const corner of new Set(part)) {
    const owner = owners[corners[corner]!]!;
    counts.set(owner, (counts.get(owner) ?? 0) + 1);
  }
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best))[0];
}
