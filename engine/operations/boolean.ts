import type { Document } from '@gltf-transform/core';
import type { Manifold } from 'manifold-3d';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { bodyOfNode, MOST_TRIANGLES } from './boolean/body-of-node.ts';
import { layoutOf } from './boolean/carried-attributes.ts';
import { emptyResult } from './boolean/errors.ts';
import { type PlacedOther, placeOther } from './boolean/placed-other.ts';
import { primitivesOfSolid } from './boolean/primitives-of-solid.ts';
import { shadePrimitive } from './normals.ts';
import type { OperationFunction } from './operation-context.ts';
import { nothingNamed } from './solids/errors.ts';
import { type Solids, withSolids } from './solids/manifold-library.ts';
import { type MeshNode, namedMeshNodes } from './solids/placed-nodes.ts';
import { addToScene, removeMeshes } from './solids/replace-meshes.ts';
import type { SolidBody } from './solids/solid-of-surface.ts';
import { formatVolume } from './solids/volume.ts';
import { countTriangles, gatherWorldSurface } from './solids/world-surface.ts';
import { removeSkins } from './strip.ts';

/** Where normals are computed anew, faces that meet at less than this are one surface, in degrees. */
const CREASE = 30;

/** Union, difference or intersection of parts of the model, or of these and another model. */
export const boolean: OperationFunction<'boolean'> = (document, parameters, { note, openOther }) =>
  withSolids(async (solids) => {
    if (document.getRoot().listSkins().length > 0) {
      removeSkins(document);
      note('Skinned meshes were taken in their rest pose and have no skin any more.');
    }
    const other = await placeOther(document, parameters, openOther);
    const { first, second } = operandsOf(document, parameters, other);
    const used = [...first, ...second];
    const copies = other ? (other.places - 1) * countTriangles(second) : 0;
    const origin = gatherWorldSurface(used, MOST_TRIANGLES * 2 - copies, '`boolean`')?.origin;
    if (!origin) return note('There are no triangles to work on.');
    const layout = layoutOf(used.flatMap(({ mesh }) => mesh.listPrimitives()));
    const shared = { solids, layout, origin, open: parameters.open, note };
    const bodies: SolidBody[] = [];
    for (const source of first) bodies.push(await bodyOfNode(source, { ...shared, document }));
    for (let place = 0; place < (other?.places ?? 1); place++) {
      other?.moveTo(place);
      for (const source of second) {
        bodies.push(await bodyOfNode(source, { ...shared, document: other?.document ?? document }));
      }
    }
    const made = combine(
      solids,
      parameters.operation,
      bodies.slice(0, first.length).map(({ solid }) => solid),
      bodies.slice(first.length).map(({ solid }) => solid),
    );
    const others = bodies.length - first.length;
    if (made.isEmpty()) throw emptyResult(parameters.operation, first.length, others);
    const pieces = new Map(bodies.flatMap((body) => [...body.pieces]));
    const primitives = primitivesOfSolid(document, made, pieces, layout, other?.materialOf);
    if (!layout.normals && layout.width > 0) {
      for (const primitive of primitives) await shadePrimitive(document, primitive, CREASE);
    }
    addToScene(document, parameters.name ?? parameters.operation, primitives, origin);
    await removeMeshes(document, other ? first : used);
    if (other) {
      const places = parameters.with && typeof parameters.with !== 'string' && parameters.with.at ? other.places : 0;
      note(
        `${plural(others, 'mesh', 'meshes')} came from ${other.name}${places > 0 ? `, at ${plural(places, 'node')}` : ''}.`,
      );
    }
    note(
      `The ${parameters.operation} of ${plural(bodies.length, 'mesh', 'meshes')} holds ${formatVolume(made.volume())}, has ${plural(made.numTri(), 'triangle')} and is closed.`,
    );
  });

function operandsOf(
  document: Document,
  { a, b }: OperationOf<'boolean'>,
  other: PlacedOther | null,
): { first: MeshNode[]; second: MeshNode[] } {
  const all = namedMeshNodes(document);
  const second = other ? other.nodes : b ? namedMeshNodes(document, b) : [];
  const expected = other ? (b ?? ['*']) : b;
  if (expected && second.length === 0) {
    throw nothingNamed(expected, namesOf(other ? namedMeshNodes(other.document) : all));
  }
  const taken = new Set(second.map(({ node }) => node));
  const first = (a ? namedMeshNodes(document, a) : all).filter(({ node }) => !taken.has(node));
  if (first.length === 0) throw nothingNamed(a ?? ['*'], namesOf(all));
  return { first, second };
}

function namesOf(nodes: readonly MeshNode[]): string[] {
  return nodes.map(({ node, mesh }) => node.getName() || mesh.getName());
}

function combine(
  solids: Solids,
  operation: OperationOf<'boolean'>['operation'],
  a: Manifold[],
  b: Manifold[],
): Manifold {
  const { Manifold: library } = solids.wasm;
  const union = (list: Manifold[]) => (list.length === 1 ? list[0]! : solids.keep(library.union(list)));
  switch (operation) {
    case 'union':
      return union([...a, ...b]);
    case 'difference':
      return solids.keep(library.difference([union(a), ...b]));
    case 'intersection':
      return solids.keep(b.length === 0 ? library.intersection(a) : library.intersection(union(a), union(b)));
  }
}
