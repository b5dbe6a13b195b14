import { type Document, PropertyType } from '@gltf-transform/core';
import { MeshoptSimplifier } from 'meshoptimizer/simplifier';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { countDrawn } from '../describe/count-drawn.ts';
import { formatCount } from '../formats/errors.ts';
import { measurePlacements, meshNodes } from '../measure/placements.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { mergeMesh } from './simplify/merged-mesh.ts';
import { replaceTriangles } from './simplify/replace-triangles.ts';
import { shareLoss, type WeighedMesh } from './simplify/share-loss.ts';
import { reduceMerged, SPECK, simplifyAll } from './simplify/simplify-merged.ts';
import { removeUnused } from './unused.ts';

/** Fewer triangles for the same shape: down to a number, as far as an error allows, or what comes first. */
export const simplify: OperationFunction<'simplify'> = async (document, parameters, context) => {
  await MeshoptSimplifier.ready;
  const before = drawnTriangles(document);
  const meshes = await weighMeshes(document, parameters.keepSeams);
  const total = wantedTriangles(parameters, before);
  const error = allowedError(parameters, context);
  const { collapser } = context.host;
  const shares = total === null ? null : await shareLoss(meshes, total, parameters, collapser);
  const requests = meshes.map(({ merged, scale }, index) => {
    const { triangles, from } = shares?.[index] ?? { triangles: 0, from: null };
    return { merged, limits: { ...parameters, triangles, error: error / scale }, from };
  });
  const simplified = error < Infinity ? null : await simplifyAll(requests, collapser);
  const specks = Math.min(error, SPECK * context.diagonal);
  for (const [index, { merged, scale }] of meshes.entries()) {
    const { indices } = reduceMerged(merged, requests[index]!.limits, specks / scale, simplified?.[index]);
    if (indices.length === merged.indices.length) continue;
    for (const empty of replaceTriangles(document, merged, indices)) merged.mesh.removePrimitive(empty);
  }
  await removeUnused(document, [PropertyType.PRIMITIVE, PropertyType.ACCESSOR]);
  const after = drawnTriangles(document);
  context.note(`${formatCount(before)} triangles became ${formatCount(after)}.`);
  if (total !== null && after > Math.max(total * 1.01, 1)) {
    const reason = error < Infinity ? 'the allowed error' : 'what borders and seams hold in place';
    context.note(`Of ${formatCount(Math.round(total))} asked for, because of ${reason}.`);
  }
};

/** The meshes of a document with their triangles merged, and what they count in the default scene. */
export async function weighMeshes(document: Document, keepSeams: boolean): Promise<WeighedMesh[]> {
  const scene = document.getRoot().getDefaultScene();
  const placements = measurePlacements(scene);
  const skinned = new Map(
    (scene ? meshNodes(scene) : []).filter(({ node }) => node.getSkin()).map(({ node, mesh }) => [mesh, node]),
  );
  const meshes: WeighedMesh[] = [];
  for (const mesh of document.getRoot().listMeshes()) {
    const node = skinned.get(mesh);
    const merged = await mergeMesh(mesh, keepSeams, node);
    const { uses, scale } = placements.get(mesh) ?? { uses: 1, scale: 1 };
    if (merged) meshes.push({ merged, uses, scale: node ? 1 : scale || 1 });
  }
  return meshes;
}

function wantedTriangles({ ratio, triangles }: OperationOf<'simplify'>, drawn: number): number | null {
  if (ratio === undefined && triangles === undefined) return null;
  return Math.min(ratio === undefined ? Infinity : ratio * drawn, triangles ?? Infinity);
}

/** In metres. */
function allowedError({ error, relativeError }: OperationOf<'simplify'>, { diagonal }: OperationContext): number {
  return Math.min(error ?? Infinity, relativeError === undefined ? Infinity : relativeError * diagonal);
}

function drawnTriangles(document: Document): number {
  const scene = document.getRoot().getDefaultScene();
  return scene ? countDrawn(scene).triangles : 0;
}
