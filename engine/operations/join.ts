import { type Document, PropertyType } from '@gltf-transform/core';
import { join as joinDocument } from '@gltf-transform/functions';
import { plural } from '../formats/corrections.ts';
import { isMoved } from './flatten.ts';
import type { OperationFunction } from './operation-context.ts';
import { removeUnused } from './unused.ts';

/** Joins meshes of one material and layout under one parent. */
export const join: OperationFunction<'join'> = async (document, { keepNamed }, { note }) => {
  const before = countPrimitives(document);
  await document.transform(joinDocument({ keepNamed, cleanup: false, filter: (node) => !isMoved(node) }));
  for (const mesh of document.getRoot().listMeshes()) if (mesh.listPrimitives().length === 0) mesh.dispose();
  await removeUnused(document, [PropertyType.MESH, PropertyType.PRIMITIVE, PropertyType.ACCESSOR]);
  const after = countPrimitives(document);
  if (after < before) note(`Joined ${plural(before, 'primitive')} into ${after}.`);
};

function countPrimitives(document: Document): number {
  return document
    .getRoot()
    .listNodes()
    .reduce((sum, node) => sum + (node.getMesh()?.listPrimitives().length ?? 0), 0);
}
