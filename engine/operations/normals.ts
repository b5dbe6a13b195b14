import type { Document, Primitive } from '@gltf-transform/core';
import { plural } from '../formats/corrections.ts';
import { shadeMesh } from '../formats/geometry/shade-mesh.ts';
import { weldPositions } from '../formats/geometry/weld-positions.ts';
import { computeTangents } from './compute-tangents.ts';
import { floatValues } from './float-values.ts';
import type { OperationFunction } from './operation-context.ts';
import { rebuildVertices } from './rebuild-vertices.ts';
import { splitVertices } from './split-vertices.ts';
import { indexPrimitive, trianglePrimitives } from './triangle-lists.ts';
import { removeUnused } from './unused.ts';

/**
 * Computes normals: faces around a position that meet at less than the crease angle are one surface, weighed by their
 * angle there. Vertices that only texture coordinates or colours keep apart get the same normal.
 */
export const normals: OperationFunction<'normals'> = async (document, { creaseAngle, overwrite }, { note }) => {
  let shaded = 0;
  let kept = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of trianglePrimitives(mesh)) {
      if (primitive.getAttribute('NORMAL') && !overwrite) {
        kept++;
        continue;
      }
      await shadePrimitive(document, primitive, creaseAngle);
      shaded++;
    }
  }
  await removeUnused(document);
  if (shaded > 0) note(`Computed the normals of ${plural(shaded, 'primitive')}.`);
  if (kept > 0) note(`${plural(kept, 'primitive')} had normals and kept them.`);
};

/**
 * Computes the normals of one primitive.
 *
 * @param creaseAngle in degrees
 */
export async function shadePrimitive(document: Document, primitive: Primitive, creaseAngle: number): Promise<void> {
  const hadTangents = primitive.getAttribute('TANGENT') !== null;
  for (const item of [primitive, ...primitive.listTargets()]) {
    item.setAttribute('NORMAL', null);
    item.setAttribute('TANGENT', null);
  }
  indexPrimitive(primitive);
  const corners = primitive.getIndices()!.getArray()!;
  const made = shadeCorners(floatValues(primitive.getAttribute('POSITION')!, 3), corners, creaseAngle);
  const { source, indices, values } = splitVertices(corners, made, 3);
  rebuildVertices(document, primitive, source, indices);
  const buffer = document.getRoot().listBuffers()[0] ?? null;
  primitive.setAttribute('NORMAL', document.createAccessor().setType('VEC3').setArray(values).setBuffer(buffer));
  if (hadTangents) await computeTangents(document, primitive);
}

/** Gives what has no normals those of its shape, so that light and frames are the same for everybody. */
export async function ensureNormals(document: Document): Promise<void> {
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of trianglePrimitives(mesh)) {
      if (!primitive.getAttribute('NORMAL')) await shadePrimitive(document, primitive, 40);
    }
  }
}

/** The normal of each corner, three numbers each. */
function shadeCorners(positions: Float32Array, corners: ArrayLike<number>, creaseAngle: number): Float32Array {
  const points = new Float32Array(corners.length * 3);
  for (let i = 0; i < corners.length; i++) {
    for (let k = 0; k < 3; k++) points[i * 3 + k] = positions[corners[i]! * 3 + k]!;
  }
  const welded = weldPositions(points);
  const shaded = shadeMesh(welded.positions, welded.indices, { creaseAngle: (creaseAngle * Math.PI) / 180 });
  for (let i = 0; i < corners.length; i++) {
    for (let k = 0; k < 3; k++) points[i * 3 + k] = shaded.normals[shaded.indices[i]! * 3 + k]!;
  }
  return points;
}
