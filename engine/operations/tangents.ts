import { plural } from '../formats/corrections.ts';
import { computeTangents, tangentCoordinates } from './compute-tangents.ts';
import type { OperationFunction } from './operation-context.ts';
import { trianglePrimitives } from './triangle-lists.ts';
import { removeUnused } from './unused.ts';

/**
 * Computes the tangents of what has a normal map or anisotropy: the same as MikkTSpace would (Mikkelsen 2008), by
 * meshoptimizer.
 */
export const tangents: OperationFunction<'tangents'> = async (document, { overwrite }, { note }) => {
  let made = 0;
  let kept = 0;
  let without = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    for (const primitive of trianglePrimitives(mesh)) {
      if (tangentCoordinates(primitive) === null) continue;
      if (primitive.getAttribute('TANGENT') && !overwrite) kept++;
      else if (await computeTangents(document, primitive)) made++;
      else without++;
    }
  }
  await removeUnused(document);
  if (made > 0) note(`Computed the tangents of ${plural(made, 'primitive')}.`);
  if (kept > 0) note(`${plural(kept, 'primitive')} had tangents and kept them.`);
  if (without > 0) note(`${plural(without, 'primitive')} that would need them lack normals or texture coordinates.`);
};
