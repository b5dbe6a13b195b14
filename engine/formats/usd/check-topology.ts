import type { ModelLimits } from '#contracts/model/model-limits.ts';
import { formatCount, modelMalformed, modelTooLarge } from '../errors.ts';
import { checkDecodedBytes } from '../geometry/check-size.ts';
import { numbers } from './mesh-details.ts';

/** Faces up to here are cut by rule; the reader compares each corner of larger ones with each other. */
const SIMPLE_FACE = 4;

/** Most comparisons of corners in a stage: a face of 65,536 corners takes a few seconds. */
const MAX_COMPARISONS = 2 ** 32;

/**
 * Checks that the faces of a mesh are made of the corners that it lists, as `UsdGeomMesh::ValidateTopology` does, and
 * that the influences of its points are: from both the reader reckons how much memory it needs.
 *
 * @param compared comparisons of corners in the meshes before
 * @returns the same with this mesh
 * @throws MaquetteError `model_malformed`, `model_too_large`
 */
export function checkTopology(
  where: string,
  attributes: Record<string, unknown>,
  compared: number,
  limits: ModelLimits,
): number {
  const counts = numbers(attributes.faceVertexCounts);
  const listed = numbers(attributes.faceVertexIndices).length;
  if (counts.length > listed)
    throw modelMalformed(
      where,
      `The mesh has ${formatCount(counts.length)} faces, and lists ${formatCount(listed)} corners for them.`,
    );
  let corners = 0;
  let comparisons = compared;
  for (let face = 0; face < counts.length; face++) {
    const count = counts[face]!;
    if (!Number.isInteger(count) || count < 0 || count > listed - corners)
      throw modelMalformed(
        where,
        `Face ${formatCount(face)} of the mesh has ${formatCount(count)} corners; ${formatCount(listed - corners)} of the ${formatCount(listed)} that the mesh lists are left.`,
      );
    corners += count;
    if (count > SIMPLE_FACE) comparisons += count * count;
  }
  if (comparisons > MAX_COMPARISONS)
    throw modelTooLarge(
      where,
      `Cutting the polygons into triangles takes ${formatCount(comparisons)} comparisons of corners; the limit is ${formatCount(MAX_COMPARISONS)}.`,
      'triangles',
      'Triangulate the mesh before the export.',
    );
  checkInfluences(where, attributes, corners, limits);
  return comparisons;
}

function checkInfluences(
  where: string,
  attributes: Record<string, unknown>,
  corners: number,
  limits: ModelLimits,
): void {
  const size = attributes['primvars:skel:jointIndices:elementSize'];
  if (size === undefined || size === null) return;
  const joints = numbers(attributes['primvars:skel:jointIndices']).length;
  if (!Number.isInteger(size) || (size as number) < 0 || (size as number) > joints)
    throw modelMalformed(
      where,
      `Each point of the mesh has ${formatCount(Number(size))} joints; ${formatCount(joints)} are listed for all of them.`,
    );
  // A number of 16 bits and one of 32 for each corner of each triangle.
  checkDecodedBytes(where, corners * 3 * (size as number) * 6, limits);
}
