import { type Document, type Node, PropertyType } from '@gltf-transform/core';
import { join as joinDocument } from '@gltf-transform/functions';
import { plural } from '../formats/corrections.ts';
import { isMoved } from './flatten.ts';
import type { OperationFunction } from './operation-context.ts';
import { removeUnused } from './unused.ts';

/** Joins meshes of one material and layout under one parent. */
export const join: OperationFunction<'join'> = async (document, { keepNamed }, { note }) => {
  const before = countPrimitives(document);
  // What stands alone has nothing to be joined with, and glTF-Transform would copy all of its vertices.
  const alone = listAlone(document);
  const filter = (node: Node) => !alone.has(node) && !isMoved(node);
  await document.transform(joinDocument({ keepNamed, cleanup: false, filter }));
  for (const mesh of document.getRoot().listMeshes()) if (mesh.listPrimitives().length === 0) mesh.dispose();
  await removeUnused(document, [PropertyType.MESH, PropertyType.PRIMITIVE, PropertyType.ACCESSOR]);
  const after = countPrimitives(document);
  if (after < before) note(`Joined ${plural(before, 'primitive')} into ${after}.`);
};

/** Nodes that have the only primitive under their parent. */
function listAlone(document: Document): Set<Node> {
  const alone = new Set<Node>();
  const root = document.getRoot();
  for (const parent of [...root.listScenes(), ...root.listNodes()]) {
    const drawn = parent.listChildren().filter((child) => child.getMesh());
    const [only] = drawn;
    if (only && drawn.length === 1 && only.getMesh()!.listPrimitives().length === 1) alone.add(only);
  }
  return alone;
}

function countPrimitives(document: Document): number {
  return document
    .getRoot()
    .listNodes()
    .reduce((sum, node) => sum + (node.getMesh()?.listPrimitives().length ?? 0), 0);
}
