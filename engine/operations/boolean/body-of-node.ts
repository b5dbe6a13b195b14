import type { Document, Mesh } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { fillHolesOfMesh } from '../fill-holes.ts';
import { transferAttributes } from '../remesh/transfer.ts';
import { remeshSurface } from '../remesh.ts';
import { repairMesh } from '../repair.ts';
import { notSolid } from '../solids/errors.ts';
import type { Solids } from '../solids/manifold-library.ts';
import type { MeshNode } from '../solids/placed-nodes.ts';
import { meshOf } from '../solids/replace-meshes.ts';
import { type SolidBody, solidOfSurface } from '../solids/solid-of-surface.ts';
import { gatherWorldSurface, type WorldSurface } from '../solids/world-surface.ts';
import { type AttributeLayout, carriedValues } from './carried-attributes.ts';

/** What making bodies needs beside the meshes. */
export interface BodyOptions {
  document: Document;
  solids: Solids;
  layout: AttributeLayout;
  /** What positions are given from. */
  origin: [number, number, number];
  open: OperationOf<'boolean'>['open'];
  note(message: string): void;
}

/** Triangles of one mesh at most: the library takes about a kilobyte for each. */
export const MOST_TRIANGLES = 1_000_000;
/** Holes with more edges than this are not filled. */
const MOST_HOLE_EDGES = 500;
/** Cells along the longest side where an open mesh is made anew. */
const CLOSING_RESOLUTION = 128;

/**
 * Makes a body of what a node draws. An open mesh is mended and its holes are filled; where that is not enough, it is
 * made anew by its cells, if that is allowed.
 *
 * @throws MaquetteError `operation_impossible` where it encloses nothing
 */
export async function bodyOfNode(source: MeshNode, options: BodyOptions): Promise<SolidBody> {
  const { document, open, note } = options;
  const name = `"${source.node.getName() || source.mesh.getName() || 'a mesh without a name'}"`;
  const body = bodyOf(surfaceOf(source, options), options);
  if (typeof body !== 'string') return body;
  if (open === 'fail') throw notSolid(name, body);
  const mended = copyOf(document, source.mesh);
  const original = source.node.getMesh();
  source.node.setMesh(mended);
  const turned = repairMesh(document, mended);
  const { filled } = await fillHolesOfMesh(document, mended, { maxEdges: MOST_HOLE_EDGES, maxSize: Infinity });
  const closed = bodyOf(surfaceOf({ node: source.node, mesh: mended }, options), options);
  if (typeof closed !== 'string') {
    note(`${name} was no solid: ${filled} holes were filled${turned > 0 ? `, ${turned} triangles turned over` : ''}.`);
    return closed;
  }
  source.node.setMesh(original);
  if (open === 'fill') throw notSolid(name, closed);
  const made = await remeshed(source, options);
  if (typeof made === 'string') throw notSolid(name, made);
  note(
    `${name} was no solid and could not be closed by filling holes: it was made anew of ${CLOSING_RESOLUTION} cells along its longest side.`,
  );
  return made;
}

function surfaceOf({ node }: MeshNode, { origin }: BodyOptions): WorldSurface | null {
  return gatherWorldSurface([{ node, mesh: node.getMesh()! }], MOST_TRIANGLES, '`boolean`', origin);
}

function bodyOf(surface: WorldSurface | null, { solids, layout }: BodyOptions): SolidBody | string {
  return surface ? solidOfSurface(solids, surface, carriedValues(surface, layout)) : 'it has no triangles';
}

async function remeshed(source: MeshNode, options: BodyOptions): Promise<SolidBody | string> {
  const { document, origin } = options;
  const surface = surfaceOf(source, options);
  if (!surface) return 'it has no triangles';
  const made = await remeshSurface(surface, { method: 'solid', fit: true, resolution: CLOSING_RESOLUTION });
  if (made.indices.length === 0) return 'it encloses nothing';
  const mesh = meshOf(
    document,
    source.mesh.getName(),
    transferAttributes(document, surface, made.positions, made.indices),
  );
  const node = document.createNode().setMesh(mesh).setTranslation(origin);
  const body = bodyOf(surfaceOf({ node, mesh }, options), options);
  node.dispose();
  return body;
}

/** Another mesh of the same vertices, whose triangles may change. */
function copyOf(document: Document, mesh: Mesh): Mesh {
  const copies = mesh.listPrimitives().map((primitive) => {
    const copy = primitive.clone();
    for (const target of copy.listTargets()) {
      copy.removeTarget(target);
      copy.addTarget(target.clone());
    }
    return copy;
  });
  return meshOf(document, mesh.getName(), copies).setWeights(mesh.getWeights());
}
