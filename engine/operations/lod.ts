import type { Document, Mesh, Node, Primitive, PrimitiveTarget } from '@gltf-transform/core';
import { MeshoptSimplifier } from 'meshoptimizer/simplifier';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { formatCount } from '../formats/errors.ts';
import { attachExtension } from '../formats/gltf/pass-through.ts';
import { isMoved } from './flatten.ts';
import { ScaledMaterials } from './lod/scaled-materials.ts';
import type { OperationFunction, OperationHost } from './operation-context.ts';
import type { MergedMesh } from './simplify/merged-mesh.ts';
import { replaceTriangles } from './simplify/replace-triangles.ts';
import { reduceMerged, SPECK } from './simplify/simplify-merged.ts';
import { weighMeshes } from './simplify.ts';

/** The extension that lists coarser versions of a node. */
const LOD_EXTENSION = 'MSFT_lod';
/** Where viewers look for the coverages, beside the extension. */
const COVERAGE_EXTRA = 'MSFT_screencoverage';

/**
 * Gives each node with a mesh of many triangles coarser versions of itself: nodes of their own outside of every scene,
 * with the same place, skin and weights (MSFT_lod).
 */
export const lod: OperationFunction<'lod'> = async (document, parameters, { host, note, diagonal }) => {
  await MeshoptSimplifier.ready;
  const levels = new Map<Mesh, Mesh[]>();
  const sums = parameters.levels.map(() => 0);
  let finest = 0;
  for (const { merged, scale } of await weighMeshes(document, true)) {
    const triangles = merged.indices.length / 3;
    if (triangles < parameters.minTriangles) continue;
    const made = makeLevels(document, merged, parameters, (SPECK * diagonal) / scale);
    if (made.length === 0) continue;
    levels.set(
      merged.mesh,
      made.map(({ mesh }) => mesh),
    );
    finest += triangles;
    for (const [level, { triangles: count }] of made.entries()) sums[level] = sums[level]! + count;
  }
  if (parameters.scaleTextures) await scaleTextures(document, levels, host);
  let moving = 0;
  for (const node of document.getRoot().listNodes()) {
    const meshes = node.getMesh() && levels.get(node.getMesh()!);
    if (!meshes || node.getExtension(LOD_EXTENSION)) continue;
    if (isMoved(node)) moving++;
    else addLevels(document, node, meshes, parameters);
  }
  if (moving > 0) note(`${plural(moving, 'animated node')} got no levels: these would stand still.`);
  const counts = [finest, ...sums.filter((sum) => sum > 0)].map(formatCount).join(', ');
  note(
    levels.size === 0
      ? 'No mesh has enough triangles.'
      : `${plural(levels.size, 'mesh', 'meshes')}: ${counts} triangles.`,
  );
};

/** Gives the meshes of each level materials with smaller textures. */
async function scaleTextures(
  document: Document,
  levels: ReadonlyMap<Mesh, readonly Mesh[]>,
  host: OperationHost,
): Promise<void> {
  const scaled = new ScaledMaterials(document, host);
  for (const meshes of levels.values()) {
    for (const [index, mesh] of meshes.entries()) {
      for (const primitive of mesh.listPrimitives()) {
        const material = primitive.getMaterial();
        if (material) primitive.setMaterial(await scaled.of(material, index + 1));
      }
    }
  }
}

/** Each level is made of the finest, not of the one before, so that errors do not add up. */
function makeLevels(document: Document, merged: MergedMesh, { levels }: OperationOf<'lod'>, specks: number) {
  const made: { mesh: Mesh; triangles: number }[] = [];
  let last = merged.indices.length / 3;
  for (const [index, { ratio }] of levels.entries()) {
    const triangles = (merged.indices.length / 3) * ratio;
    const limits = { triangles, error: Infinity, lockBorder: false, keepCreases: false };
    const { indices } = reduceMerged(merged, limits, specks);
    // A level that is hardly coarser than the one before is not worth its bytes.
    if (indices.length === 0 || indices.length / 3 > last * 0.9) break;
    last = indices.length / 3;
    made.push({ mesh: levelMesh(document, merged, indices, index + 1), triangles: last });
  }
  return made;
}

function levelMesh(document: Document, merged: MergedMesh, indices: Uint32Array, level: number): Mesh {
  const source = merged.mesh;
  const mesh = document.createMesh(`${source.getName() || 'mesh'}_LOD${level}`).setWeights(source.getWeights());
  const copies = merged.parts.map(({ primitive }) => copyPrimitive(document, primitive));
  const empty = new Set(replaceTriangles(document, merged, indices, copies));
  for (const copy of copies) {
    if (empty.has(copy)) copy.dispose();
    else mesh.addPrimitive(copy);
  }
  return mesh;
}

/** With morph targets of its own: those of a clone would be shared. */
function copyPrimitive(document: Document, primitive: Primitive): Primitive {
  const copy = primitive.clone();
  const targets = copy.listTargets();
  for (const target of targets) copy.removeTarget(target);
  for (const target of targets) copy.addTarget(copyTarget(document, target));
  return copy;
}

function copyTarget(document: Document, target: PrimitiveTarget): PrimitiveTarget {
  const copy = document.createPrimitiveTarget(target.getName());
  for (const semantic of target.listSemantics()) copy.setAttribute(semantic, target.getAttribute(semantic));
  return copy;
}

function addLevels(document: Document, node: Node, meshes: Mesh[], parameters: OperationOf<'lod'>): void {
  const nodes = meshes.map((mesh, index) =>
    document
      .createNode(`${node.getName() || 'node'}_LOD${index + 1}`)
      .setTranslation(node.getTranslation())
      .setRotation(node.getRotation())
      .setScale(node.getScale())
      .setMesh(mesh)
      .setSkin(node.getSkin())
      .setWeights(node.getWeights()),
  );
  attachExtension(
    document,
    node,
    LOD_EXTENSION,
    { ids: nodes.map((_, index) => index) },
    nodes.map((property, index) => ({ path: ['ids', String(index)], kind: 'node', property, textureInfo: null })),
  );
  const coverages = [parameters.coverage, ...parameters.levels.map(({ coverage }) => coverage)];
  node.setExtras({ ...node.getExtras(), [COVERAGE_EXTRA]: coverages.slice(0, meshes.length + 1) });
}
