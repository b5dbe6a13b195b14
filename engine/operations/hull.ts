import type { Document, Mesh, Primitive } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { morphedPositions } from '../describe/measure-bounds.ts';
import { plural } from '../formats/corrections.ts';
import { bakePose } from './bake-pose.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { convexHull } from './solids/convex-hull.ts';
import { type Solids, withSolids } from './solids/manifold-library.ts';
import { meshParts } from './solids/mesh-parts.ts';
import { type MeshNode, namedMeshNodes } from './solids/placed-nodes.ts';
import { plainMaterial } from './solids/plain-material.ts';
import { addToScene, dropWeightChannels, meshOf, removeMeshes, removeUndrawn } from './solids/replace-meshes.ts';
import { shadedPrimitive } from './solids/shaded-primitive.ts';
import { enclosedVolume, formatVolume } from './solids/volume.ts';
import { boundsOfPoints, countTriangles, gatherWorldSurface, worldPositions } from './solids/world-surface.ts';

/** Puts convex hulls in place of meshes. */
export const hull: OperationFunction<'hull'> = (document, parameters, context) =>
  withSolids(async (solids) => {
    if (parameters.of !== 'scene') bakePose(document);
    const nodes = namedMeshNodes(document, parameters.nodes);
    if (nodes.length === 0) context.note('There is no mesh to take the hull of.');
    else if (parameters.of === 'scene') await hullOfScene(document, nodes, parameters, solids, context);
    else await hullOfMeshes(document, nodes, parameters, solids, context);
  });

/** Of the colours of more triangles the mean is not taken. */
const COLOR_TRIANGLES = 5_000_000;

async function hullOfScene(
  document: Document,
  nodes: readonly MeshNode[],
  { maxVertices, keep }: OperationOf<'hull'>,
  solids: Solids,
  context: OperationContext,
): Promise<void> {
  const points = nodes.flatMap(worldPositions);
  const { min, max } = boundsOfPoints(points);
  const origin = min.map((value, axis) => value + (max[axis]! - value) / 2) as [number, number, number];
  const relative = points.map((list) => list.map((value, i) => value - origin[i % 3]!));
  const made = convexHull(solids, relative, maxVertices);
  if (!made) return context.note('The model is flat and has no hull.');
  const primitive = shadedPrimitive(document, made, await meanMaterial(document, nodes, context));
  addToScene(document, 'hull', [primitive], origin);
  if (!keep) await removeMeshes(document, nodes);
  const { positions, indices } = made;
  context.note(
    `The hull has ${plural(positions.length / 3, 'vertex', 'vertices')} and encloses ${formatVolume(enclosedVolume(positions, indices))}.`,
  );
}

async function hullOfMeshes(
  document: Document,
  nodes: readonly MeshNode[],
  parameters: OperationOf<'hull'>,
  solids: Solids,
  context: OperationContext,
): Promise<void> {
  const byMesh = new Map<Mesh, MeshNode[]>();
  for (const item of nodes) byMesh.set(item.mesh, [...(byMesh.get(item.mesh) ?? []), item]);
  let hulls = 0;
  let flat = 0;
  for (const [mesh, users] of byMesh) {
    const made = hullsOfMesh(mesh, parameters, solids);
    flat += made.flat;
    if (made.hulls.length === 0) continue;
    const material = await meanMaterial(document, users.slice(0, 1), context);
    const primitives = made.hulls.map((solid) => shadedPrimitive(document, solid, material));
    const replaced = meshOf(document, mesh.getName(), primitives).setExtras(mesh.getExtras());
    for (const { node } of users) node.setMesh(replaced).setWeights([]);
    hulls += made.hulls.length;
  }
  dropWeightChannels(document, nodes);
  await removeUndrawn(document);
  context.note(`Made ${plural(hulls, 'hull')} for ${plural(byMesh.size, 'mesh', 'meshes')}.`);
  if (flat > 0) context.note(`${plural(flat, 'mesh or part', 'meshes or parts')} without volume got none.`);
}

function hullsOfMesh(mesh: Mesh, { of, maxVertices, maxParts }: OperationOf<'hull'>, solids: Solids) {
  const local = (primitive: Primitive) => morphedPositions(primitive, mesh.getWeights()) ?? new Float32Array();
  const sets = of === 'part' ? meshParts(mesh, maxParts) : [mesh.listPrimitives().map(local)];
  const made = sets.map((points) => convexHull(solids, points, maxVertices));
  const hulls = made.filter((solid) => solid !== null);
  return { hulls, flat: made.length - hulls.length };
}

async function meanMaterial(document: Document, nodes: readonly MeshNode[], context: OperationContext) {
  if (countTriangles(nodes) > COLOR_TRIANGLES) return null;
  const surface = gatherWorldSurface(nodes, COLOR_TRIANGLES, 'taking the mean colour');
  return surface && plainMaterial(document, surface, context);
}
