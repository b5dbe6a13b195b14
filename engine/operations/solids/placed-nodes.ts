import type { Document, Mesh, Node } from '@gltf-transform/core';
import { matchesPattern } from '#contracts/operations/name-patterns.ts';
import { isHidden } from '../../describe/is-hidden.ts';

/** A node that draws a mesh. */
export interface MeshNode {
  node: Node;
  mesh: Mesh;
}

/** The nodes of the default scene that a pattern names themselves, hidden or not, and the names of all. */
export function namedNodes(document: Document, patterns: readonly string[]): { found: Node[]; names: string[] } {
  const found: Node[] = [];
  const names: string[] = [];
  const open = (document.getRoot().getDefaultScene()?.listChildren() ?? []).toReversed();
  for (let node = open.pop(); node; node = open.pop()) {
    names.push(node.getName());
    if (matchesPattern(node.getName(), patterns)) found.push(node);
    open.push(...node.listChildren().toReversed());
  }
  return { found, names };
}

/**
 * The visible nodes of the default scene that have a mesh, in the order of the hierarchy.
 *
 * @param patterns only those that a pattern names, by the name of the node, its mesh or a node above
 */
export function namedMeshNodes(document: Document, patterns?: readonly string[]): MeshNode[] {
  const scene = document.getRoot().getDefaultScene();
  const found: MeshNode[] = [];
  const open = (scene?.listChildren() ?? []).toReversed().map((node) => ({ node, meant: patterns === undefined }));
  for (let item = open.pop(); item; item = open.pop()) {
    const { node } = item;
    if (isHidden(node)) continue;
    const mesh = node.getMesh();
    const meant = item.meant || matchesPattern(node.getName(), patterns ?? []);
    for (const child of node.listChildren().toReversed()) open.push({ node: child, meant });
    if (mesh && (meant || matchesPattern(mesh.getName(), patterns ?? []))) found.push({ node, mesh });
  }
  return found;
}
