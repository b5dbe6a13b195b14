import { AnimationChannel, type Document, type Mesh, type Node, type Primitive } from '@gltf-transform/core';
import { MeshoptSimplifier } from 'meshoptimizer/simplifier';
import { DisjointSets } from '../describe/disjoint-sets.ts';
import { plural } from '../formats/corrections.ts';
import { floatValues } from './float-values.ts';
import type { OperationFunction } from './operation-context.ts';
import { rebuildVertices } from './rebuild-vertices.ts';
import { indexPrimitive, trianglePrimitives } from './triangle-lists.ts';
import { removeUnused } from './unused.ts';

/** Cuts meshes into several, each below the node that had the whole: by material, or where their triangles do not touch. */
export const split: OperationFunction<'split'> = async (document, { by, minTriangles, maxParts }, { note }) => {
  await MeshoptSimplifier.ready;
  let cut = 0;
  let parts = 0;
  let moving = 0;
  for (const mesh of document.getRoot().listMeshes()) {
    const nodes = document
      .getRoot()
      .listNodes()
      .filter((node) => node.getMesh() === mesh);
    if (nodes.some(hasMovingWeights)) {
      moving++;
      continue;
    }
    const groups = by === 'material' ? mesh.listPrimitives() : partsOf(document, mesh, minTriangles, maxParts);
    if (groups.length < 2) continue;
    const meshes = groups.map((primitive, index) => partMesh(document, mesh, primitive, index + 1));
    for (const node of nodes) spread(document, node, meshes);
    for (const primitive of mesh.listPrimitives()) mesh.removePrimitive(primitive);
    mesh.dispose();
    cut++;
    parts += meshes.length;
  }
  await removeUnused(document, ['Primitive', 'Accessor']);
  note(cut > 0 ? `Cut ${plural(cut, 'mesh', 'meshes')} into ${parts} parts.` : 'There is nothing to cut.');
  if (moving > 0) note(`${plural(moving, 'mesh', 'meshes')} whose morph weights are animated stayed whole.`);
};

function hasMovingWeights(node: Node): boolean {
  return node
    .listParents()
    .some((parent) => parent instanceof AnimationChannel && parent.getTargetPath() === 'weights');
}

function partMesh(document: Document, mesh: Mesh, primitive: Primitive, number: number): Mesh {
  const name = `${mesh.getName() || 'mesh'}_${number}`;
  return document.createMesh(name).setWeights(mesh.getWeights()).setExtras(mesh.getExtras()).addPrimitive(primitive);
}

/** The parts stand below the node, which keeps its place, its children and what else it is. */
function spread(document: Document, node: Node, meshes: readonly Mesh[]): void {
  const instances = node.getExtension('EXT_mesh_gpu_instancing');
  for (const mesh of meshes) {
    const child = document
      .createNode(mesh.getName())
      .setMesh(mesh)
      .setSkin(node.getSkin())
      .setWeights(node.getWeights());
    if (instances) child.setExtension('EXT_mesh_gpu_instancing', instances);
    node.addChild(child);
  }
  node.setMesh(null).setSkin(null).setWeights([]).setExtension('EXT_mesh_gpu_instancing', null);
}

/** A primitive for each part of each primitive, the largest first; what is small or too much stays together as the last. */
function partsOf(document: Document, mesh: Mesh, minTriangles: number, maxParts: number): Primitive[] {
  const triangles = new Set(trianglePrimitives(mesh));
  return mesh.listPrimitives().flatMap((primitive) => {
    if (!triangles.has(primitive)) return [primitive];
    const parts = gathered(connectedParts(primitive), minTriangles, maxParts);
    return parts.length < 2 ? [primitive] : parts.map((corners) => cutOut(document, primitive, corners));
  });
}

/** Corners of the triangles of each part: triangles that share a place, whatever else tells their vertices apart. */
function connectedParts(primitive: Primitive): number[][] {
  indexPrimitive(primitive);
  const places = MeshoptSimplifier.generatePositionRemap(floatValues(primitive.getAttribute('POSITION')!, 3), 3);
  const indices = primitive.getIndices()!.getArray()!;
  const sets = new DisjointSets(places.length);
  for (let i = 0; i < indices.length; i++) sets.union(places[indices[i]!]!, places[indices[i - (i % 3)]!]!);
  const parts = new Map<number, number[]>();
  for (let i = 0; i < indices.length; i++) {
    const root = sets.find(places[indices[i]!]!);
    const known = parts.get(root);
    if (known) known.push(indices[i]!);
    else parts.set(root, [indices[i]!]);
  }
  return [...parts.values()];
}

function gathered(parts: number[][], minTriangles: number, maxParts: number): number[][] {
  const sorted = parts.toSorted((a, b) => b.length - a.length);
  const large = sorted.filter(({ length }, index) => length >= minTriangles * 3 && index < maxParts - 1);
  const rest = sorted.slice(large.length);
  if (rest.length === 0) return large;
  return rest.length === 1 ? [...large, rest[0]!] : [...large, rest.flat()];
}

function cutOut(document: Document, primitive: Primitive, corners: readonly number[]): Primitive {
  const copy = primitive.clone();
  for (const target of copy.listTargets()) {
    copy.removeTarget(target);
    copy.addTarget(target.clone());
  }
  const numbers = new Map<number, number>();
  const source: number[] = [];
  const indices = corners.map((vertex) => {
    const known = numbers.get(vertex);
    if (known !== undefined) return known;
    numbers.set(vertex, source.length);
    return source.push(vertex) - 1;
  });
  rebuildVertices(document, copy, new Uint32Array(source), new Uint32Array(indices));
  return copy;
}
