import { type Document, Primitive, PropertyType } from '@gltf-transform/core';
import { storedVertices } from '../describe/count-drawn.ts';
import { plural } from '../formats/corrections.ts';
import { measurePlacements } from '../measure/placements.ts';
import { floatValues } from './float-values.ts';
import type { OperationFunction } from './operation-context.ts';
import { shareVertices } from './share-vertices.ts';
import { indexPrimitive, trianglePrimitives } from './triangle-lists.ts';
import { removeUnused } from './unused.ts';

/** Makes vertices that are equal in every attribute one; with a tolerance, draws positions together before. */
export const weld: OperationFunction<'weld'> = async (document, { tolerance }, { note }) => {
  const before = storedVertices(document);
  const removed = tolerance > 0 ? closeGaps(document, tolerance) : 0;
  for (const mesh of document.getRoot().listMeshes()) {
    const triangles = new Set(trianglePrimitives(mesh));
    for (const primitive of mesh.listPrimitives()) {
      if (triangles.has(primitive)) indexPrimitive(primitive);
      else if (primitive.getMode() !== Primitive.Mode.POINTS) shareVertices(primitive);
    }
  }
  await removeUnused(document, [PropertyType.PRIMITIVE, PropertyType.ACCESSOR]);
  const after = storedVertices(document);
  if (after < before) note(`Removed ${plural(before - after, 'vertex', 'vertices')}.`);
  if (removed > 0) note(`Removed ${plural(removed, 'triangle')} smaller than the tolerance.`);
};

/** @returns how many triangles vanished */
function closeGaps(document: Document, tolerance: number): number {
  const placements = measurePlacements(document.getRoot().getDefaultScene());
  let removed = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    const primitives = trianglePrimitives(mesh);
    const scale = placements.get(mesh)?.scale || 1;
    const cluster = new PositionClusters(tolerance / scale);
    for (const primitive of primitives) {
      indexPrimitive(primitive);
      const position = primitive.getAttribute('POSITION')!;
      const values = floatValues(position, 3);
      const ids = cluster.gather(values);
      // A copy: another primitive may draw other triangles with the same positions.
      primitive.setAttribute('POSITION', position.clone().setNormalized(false).setArray(values));
      removed += dropCollapsed(document, primitive, ids);
      if (primitive.getIndices()!.getCount() === 0) mesh.removePrimitive(primitive);
    }
    if (mesh.listPrimitives().length === 0) mesh.dispose();
  }
  return removed;
}

/** Removes triangles two corners of which have become one. */
function dropCollapsed(document: Document, primitive: Primitive, ids: Uint32Array): number {
  const indices = primitive.getIndices()!.getArray()!;
  const kept: number[] = [];
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const [a, b, c] = [indices[i]!, indices[i + 1]!, indices[i + 2]!];
    if (ids[a] !== ids[b] && ids[b] !== ids[c] && ids[c] !== ids[a]) kept.push(a, b, c);
  }
  const removed = (indices.length - kept.length) / 3;
  if (removed > 0) {
    const array = indices instanceof Uint32Array ? new Uint32Array(kept) : new Uint16Array(kept);
    primitive.setIndices(document.createAccessor().setType('SCALAR').setArray(array));
  }
  return removed;
}

/**
 * Draws positions together: each goes to the first position within the tolerance that was met before it. Cells of
 * twice the tolerance in a hash map: what is near enough lies in at most eight of them.
 */
class PositionClusters {
  private readonly tolerance: number;
  private readonly cells = new Map<number, number[]>();
  private readonly centers: number[] = [];

  constructor(tolerance: number) {
    this.tolerance = tolerance;
  }

  /** Moves the positions onto their centres. @returns the number of each one's centre */
  gather(positions: Float32Array): Uint32Array {
    const ids = new Uint32Array(positions.length / 3);
    for (let i = 0; i < ids.length; i++) {
      const id = this.find(positions[i * 3]!, positions[i * 3 + 1]!, positions[i * 3 + 2]!);
      ids[i] = id;
      for (let k = 0; k < 3; k++) positions[i * 3 + k] = this.centers[id * 3 + k]!;
    }
    return ids;
  }

  private find(x: number, y: number, z: number): number {
    const { tolerance, cells, centers } = this;
    const size = 2 * tolerance;
    const [i, j, k] = [
      Math.floor((x - tolerance) / size),
      Math.floor((y - tolerance) / size),
      Math.floor((z - tolerance) / size),
    ];
    for (let cell = 0; cell < 8; cell++) {
      for (const id of cells.get(cellKey(i + (cell & 1), j + ((cell >> 1) & 1), k + (cell >> 2))) ?? []) {
        const dx = x - centers[id * 3]!;
        const dy = y - centers[id * 3 + 1]!;
        const dz = z - centers[id * 3 + 2]!;
        if (dx * dx + dy * dy + dz * dz <= tolerance * tolerance) return id;
      }
    }
    const id = centers.length / 3;
    centers.push(x, y, z);
    const key = cellKey(Math.floor(x / size), Math.floor(y / size), Math.floor(z / size));
    const known = cells.get(key);
    if (known) known.push(id);
    else cells.set(key, [id]);
    return id;
  }
}

/** Different cells may have one key: whoever looks into them compares the distance. */
function cellKey(i: number, j: number, k: number): number {
  return Math.imul(i, 73856093) ^ Math.imul(j, 19349663) ^ Math.imul(k, 83492791);
}
