import type { Document, Mesh, Primitive } from '@gltf-transform/core';
import { MeshoptSimplifier } from 'meshoptimizer/simplifier';
import { plural } from '../formats/corrections.ts';
import { measurePlacements } from '../measure/placements.ts';
import { appendTriangles, type Patch } from './fill-holes/append-triangles.ts';
import { boundaryLoops, type Loop } from './fill-holes/boundary-loops.ts';
import { triangulateLoop } from './fill-holes/triangulate-loop.ts';
import { floatValues } from './float-values.ts';
import type { OperationFunction } from './operation-context.ts';
import { indexPrimitive, trianglePrimitives } from './triangle-lists.ts';
import { removeUnused } from './unused.ts';

/** Closes holes: loops of open edges, whatever materials meet there, each filled with the least area. */
export const fillHoles: OperationFunction<'fillHoles'> = async (
  document,
  { maxEdges, maxSize = Infinity },
  { note },
) => {
  const placements = measurePlacements(document.getRoot().getDefaultScene());
  let filled = 0;
  let left = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    const scale = placements.get(mesh)?.scale || 1;
    const done = await fillHolesOfMesh(document, mesh, { maxEdges, maxSize: maxSize / scale });
    filled += done.filled;
    left += done.left;
  }
  await removeUnused(document);
  note(filled > 0 ? `Filled ${plural(filled, 'hole')}.` : 'There is no hole to fill.');
  if (left > 0) note(`${plural(left, 'hole')} larger than allowed stayed open.`);
};

/**
 * Closes the holes of one mesh.
 *
 * @param limits a hole may have, its size in the units of the mesh
 */
export async function fillHolesOfMesh(
  document: Document,
  mesh: Mesh,
  { maxEdges, maxSize }: { maxEdges: number; maxSize: number },
): Promise<{ filled: number; left: number }> {
  await MeshoptSimplifier.ready;
  const done = { filled: 0, left: 0 };
  const shell = gatherShell(mesh);
  if (!shell) return done;
  for (const loop of boundaryLoops(shell.places, shell.indices)) {
    const points = loop.flatMap((corner) => pointOf(shell, corner));
    if (loop.length > maxEdges || extentOf(points) > maxSize) done.left++;
    else {
      fillLoop(document, shell, loop, points);
      done.filled++;
    }
  }
  return done;
}

/** All triangles of a mesh as one. */
interface Shell {
  /** For each corner, the primitive and its vertex. */
  primitives: Primitive[];
  owners: Uint32Array;
  vertices: Uint32Array;
  positions: Float32Array;
  /** For each vertex the first at the same place. */
  places: Uint32Array;
  indices: Uint32Array;
}

function gatherShell(mesh: Mesh): Shell | null {
  const primitives = trianglePrimitives(mesh);
  const values = primitives.map((primitive) => {
    indexPrimitive(primitive);
    return floatValues(primitive.getAttribute('POSITION')!, 3);
  });
  const corners = primitives.reduce((sum, primitive) => sum + primitive.getIndices()!.getCount(), 0);
  if (corners === 0) return null;
  const positions = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  const indices = new Uint32Array(corners);
  const owners = new Uint32Array(corners);
  const vertices = new Uint32Array(corners);
  let first = 0;
  let corner = 0;
  for (const [owner, primitive] of primitives.entries()) {
    positions.set(values[owner]!, first * 3);
    for (const vertex of primitive.getIndices()!.getArray()!) {
      owners[corner] = owner;
      vertices[corner] = vertex;
      indices[corner++] = first + vertex;
    }
    first += values[owner]!.length / 3;
  }
  const places = MeshoptSimplifier.generatePositionRemap(positions, 3);
  return { primitives, owners, vertices, positions, places, indices };
}

function pointOf({ positions, indices }: Shell, corner: number): number[] {
  const at = indices[corner]! * 3;
  return [positions[at]!, positions[at + 1]!, positions[at + 2]!];
}

/** The longest side of the bounds of some points. */
function extentOf(points: readonly number[]): number {
  let longest = 0;
  for (let axis = 0; axis < 3; axis++) {
    const values = points.filter((_, i) => i % 3 === axis);
    const max = values.reduce((most, value) => Math.max(most, value), -Infinity);
    longest = Math.max(longest, max - values.reduce((least, value) => Math.min(least, value), Infinity));
  }
  return longest;
}

/** The patch belongs to the primitive that most of the border does. */
function fillLoop(document: Document, shell: Shell, loop: Loop, points: number[]): void {
  const edges = shell.primitives.map(() => 0);
  for (const corner of loop) edges[shell.owners[corner]!]!++;
  const owner = edges.indexOf(edges.reduce((most, count) => Math.max(most, count)));
  const triangles = triangulateLoop(points);
  const patch: Patch = {
    sources: loop.map((corner) => ({
      primitive: shell.primitives[shell.owners[corner]!]!,
      index: shell.vertices[corner]!,
    })),
    normals: patchNormals(points, triangles),
    triangles,
  };
  appendTriangles(document, shell.primitives[owner]!, patch);
}

/** Of each vertex, from the triangles of the patch around it by their area: it has an edge where it meets the mesh. */
function patchNormals(p: readonly number[], triangles: readonly number[]): number[] {
  const sums = p.map(() => 0);
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [triangles[i]! * 3, triangles[i + 1]! * 3, triangles[i + 2]! * 3];
    const [ux, uy, uz] = [p[b]! - p[a]!, p[b + 1]! - p[a + 1]!, p[b + 2]! - p[a + 2]!];
    const [vx, vy, vz] = [p[c]! - p[a]!, p[c + 1]! - p[a + 1]!, p[c + 2]! - p[a + 2]!];
    const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (const at of [a, b, c]) for (let k = 0; k < 3; k++) sums[at + k]! += normal[k]!;
  }
  return sums.map((value, i) => {
    const at = i - (i % 3);
    const length = Math.sqrt(sums[at]! ** 2 + sums[at + 1]! ** 2 + sums[at + 2]! ** 2);
    return length > 0 ? value / length : i % 3 === 1 ? 1 : 0;
  });
}
