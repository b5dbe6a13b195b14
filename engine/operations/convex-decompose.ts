import type { Document } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { partMaterial } from './collision/part-material.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { addPart, toLocalOf } from './solids/attach-result.ts';
import { closedBody } from './solids/closed-body.ts';
import { convexParts } from './solids/convex-parts.ts';
import { type Solids, withSolids } from './solids/manifold-library.ts';
import { type MeshNode, namedMeshNodes } from './solids/placed-nodes.ts';
import { addToScene, removeMeshes } from './solids/replace-meshes.ts';
import { shadedPrimitive } from './solids/shaded-primitive.ts';
import { gatherWorldSurface, type WorldSurface } from './solids/world-surface.ts';

export const MOST_TRIANGLES = 1_000_000;

/** Takes meshes apart into convex parts. */
export const convexDecompose: OperationFunction<'convexDecompose'> = (document, parameters, context) =>
  withSolids(async (solids) => {
    const nodes = namedMeshNodes(document, parameters.nodes);
    const sets = parameters.of === 'scene' ? [nodes] : nodes.map((node) => [node]);
    const gone: MeshNode[] = [];
    for (const set of sets) {
      const surface = gatherWorldSurface(set, MOST_TRIANGLES, '`convexDecompose`');
      if (!surface) continue;
      if (await decompose(document, set, surface, parameters, solids, context)) gone.push(...set);
    }
    if (nodes.length === 0) context.note('There is no mesh to take apart.');
    if (!parameters.keep) await removeMeshes(document, gone);
  });

async function decompose(
  document: Document,
  set: readonly MeshNode[],
  surface: WorldSurface,
  { of, maxParts, maxVertices, error }: OperationOf<'convexDecompose'>,
  solids: Solids,
  { note }: OperationContext,
): Promise<boolean> {
  const { node, mesh } = set[0]!;
  const name = of === 'scene' ? 'model' : node.getName() || mesh.getName() || 'mesh';
  const closed = await closedBody(solids, surface);
  if (!closed) {
    note(`"${name}" encloses nothing and stays as it is.`);
    return false;
  }
  const { hulls, error: made } = convexParts(solids, closed.body, { maxParts, maxVertices, error });
  const toLocal = of === 'mesh' && !node.getSkin() ? toLocalOf(node, surface.origin) : null;
  for (const [index, hull] of hulls.entries()) {
    const part = `${name}_part_${index + 1}`;
    const material = partMaterial(document, index);
    if (toLocal)
      addPart(document, node, part, shadedPrimitive(document, toLocal(hull.positions, hull.indices), material), {
        visible: true,
      });
    else addToScene(document, part, [shadedPrimitive(document, hull, material)], surface.origin);
  }
  note(
    `"${name}" became ${plural(hulls.length, 'convex part')}, whose volume exceeds its own by ${Number((Math.max(0, made) * 100).toFixed(2))} %.`,
  );
  if (closed.remeshed) note(`"${name}" was open: it was closed by cells before.`);
  if (closed.tolerance > 0)
    note(`"${name}" was simplified before, by ${Number(closed.tolerance.toPrecision(3))} m at most.`);
  return true;
}
