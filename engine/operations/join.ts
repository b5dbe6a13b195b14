import type { Document, Material, Mesh, Node, Primitive, Scene } from '@gltf-transform/core';
import { isHidden } from '../describe/is-hidden.ts';
import { plural } from '../formats/corrections.ts';
import { affineFromMatrix, invert, multiply } from '../render/matrix.ts';
import { disposeUnused } from './dispose-unused.ts';
import { isMoved } from './flatten.ts';
import { type JoinedPart, joinKey, joinPrimitives } from './join/join-primitives.ts';
import type { OperationFunction } from './operation-context.ts';
import { listAccessors } from './primitive-accessors.ts';

/** Joins meshes of one material and layout under one parent. */
export const join: OperationFunction<'join'> = (document, { keepNamed }, { note }) => {
  const root = document.getRoot();
  const before = countPrimitives(document);
  const materials = new Map(root.listMaterials().map((material, index) => [material, index]));
  for (const parent of [...root.listScenes(), ...root.listNodes()]) {
    for (const members of listGroups(parent, keepNamed, materials)) joinGroup(document, members);
  }
  for (const mesh of root.listMeshes()) if (mesh.listPrimitives().length === 0) mesh.dispose();
  const after = countPrimitives(document);
  if (after < before) note(`Joined ${plural(before, 'primitive')} into ${after}.`);
};

/** A primitive where it is drawn. */
interface Member {
  node: Node;
  primitive: Primitive;
}

/** What can be joined below one parent: primitives with the same key, at least two of each. */
function listGroups(parent: Node | Scene, keepNamed: boolean, materials: ReadonlyMap<Material, number>): Member[][] {
  const groups = new Map<string, Member[]>();
  for (const [index, node] of parent.listChildren().entries()) {
    const mesh = node.getMesh();
    if (!mesh || !isJoinable(node)) continue;
    const apart = keepNamed && (mesh.getName() !== '' || node.getName() !== '') ? index : '';
    for (const primitive of mesh.listPrimitives()) {
      const layout = joinKey(primitive, materials);
      if (layout === null) continue;
      const key = `${apart} ${layout}`;
      const known = groups.get(key);
      if (known) known.push({ node, primitive });
      else groups.set(key, [{ node, primitive }]);
    }
  }
  return [...groups.values()].filter((members) => members.length > 1);
}

/** Whether what a node draws would look the same as a part of a mesh beside it, in every scene. */
function isJoinable(node: Node): boolean {
  if (node.getSkin() || node.getExtension('EXT_mesh_gpu_instancing') || isHidden(node) || isMoved(node)) return false;
  return (
    node.listParents().filter(({ propertyType }) => propertyType === 'Node' || propertyType === 'Scene').length === 1
  );
}

/** Puts one primitive in place of several, into the mesh of the first. */
function joinGroup(document: Document, members: readonly Member[]): void {
  const target = members[0]!.node;
  const inverse = invert(affineFromMatrix(target.getMatrix()));
  // Nothing can be brought into a space that is flat.
  if (!inverse) return;
  const parts = members.map(({ node, primitive }): JoinedPart => {
    const matrix = node === target ? null : multiply(inverse, affineFromMatrix(node.getMatrix()));
    return { primitive, matrix };
  });
  const joined = joinPrimitives(document, parts);
  for (const { node, primitive } of members) ownMesh(node).removePrimitive(primitive);
  ownMesh(target).addPrimitive(joined);
  for (const primitive of new Set(members.map((member) => member.primitive))) {
    if (primitive.listParents().length > 0) continue;
    const accessors = listAccessors(primitive);
    primitive.dispose();
    disposeUnused(accessors);
  }
}

/** The mesh of a node that nothing else draws: its own, or a copy of one that others draw too. */
function ownMesh(node: Node): Mesh {
  const mesh = node.getMesh()!;
  const isShared = mesh.listParents().some((parent) => parent !== node && parent.propertyType !== 'Root');
  if (isShared) node.setMesh(mesh.clone());
  return node.getMesh()!;
}

function countPrimitives(document: Document): number {
  return document
    .getRoot()
    .listNodes()
    .reduce((sum, node) => sum + (node.getMesh()?.listPrimitives().length ?? 0), 0);
}
