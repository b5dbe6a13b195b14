import type { Document, Node } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import type { Matrix } from '../describe/matrix.ts';
import { plural } from '../formats/corrections.ts';
import { weldPositions } from '../formats/geometry/weld-positions.ts';
import { boundingBox, boundingCapsule, boundingSphere } from './collision/bounding-shapes.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { addPart, toLocalOf } from './solids/attach-result.ts';
import { closedBody } from './solids/closed-body.ts';
import { convexHull, type TriangleSolid } from './solids/convex-hull.ts';
import { convexParts } from './solids/convex-parts.ts';
import { type Solids, withSolids } from './solids/manifold-library.ts';
import { type MeshNode, namedMeshNodes } from './solids/placed-nodes.ts';
import { removeMeshes } from './solids/replace-meshes.ts';
import { shadedPrimitive } from './solids/shaded-primitive.ts';
import { boundsOfPoints, gatherWorldSurface, type WorldSurface, worldPositions } from './solids/world-surface.ts';

const MOST_TRIANGLES = 1_000_000;

type Vector = [number, number, number];

/** Adds shapes for collisions. */
export const collider: OperationFunction<'collider'> = (document, parameters, context) =>
  withSolids(async (solids) => {
    const nodes = namedMeshNodes(document, parameters.nodes);
    if (nodes.length === 0) return context.note('There is no mesh to make a collider for.');
    const sets = parameters.of === 'scene' ? [nodes] : nodes.map((node) => [node]);
    let made = 0;
    for (const set of sets) made += await colliderOf(document, set, parameters, solids, context);
    if (!parameters.keep) await removeMeshes(document, nodes);
    context.note(
      `Made ${plural(made, 'collider')} for ${plural(sets.length, parameters.of === 'scene' ? 'scene' : 'mesh', 'meshes')}.`,
    );
  });

/** A shape with what a physics engine asks for. */
interface Shape {
  solid: TriangleSolid;
  sizes: Record<string, unknown>;
}

async function colliderOf(
  document: Document,
  set: readonly MeshNode[],
  parameters: OperationOf<'collider'>,
  solids: Solids,
  context: OperationContext,
): Promise<number> {
  const { node, mesh } = set[0]!;
  const name = parameters.of === 'scene' ? 'model' : node.getName() || mesh.getName() || 'mesh';
  const lists = set.flatMap(worldPositions);
  const { min, max } = boundsOfPoints(lists);
  if (!min.every(Number.isFinite)) return 0;
  const origin = min.map((value, k) => value + (max[k]! - value) / 2) as Vector;
  const relative = lists.map((list) => list.map((value, i) => value - origin[i % 3]!));
  const shapes = await shapesOf(set, relative, origin, name, parameters, solids, context);
  const toLocal = parameters.of === 'mesh' && !node.getSkin() ? toLocalOf(node, origin) : null;
  for (const [index, { solid, sizes }] of shapes.entries()) {
    const label = shapes.length === 1 ? `${name}_collider` : `${name}_collider_${index + 1}`;
    const extras = { collider: { shape: parameters.shape === 'parts' ? 'hull' : parameters.shape, ...sizes } };
    const local = toLocal ? toLocal(solid.positions, solid.indices) : solid;
    const primitive = shadedPrimitive(document, local, colliderMaterial(document));
    const part = addPart(document, toLocal ? node : null, label, primitive, { visible: parameters.visible, extras });
    if (!toLocal) part.setTranslation(origin);
  }
  return shapes.length;
}

async function shapesOf(
  set: readonly MeshNode[],
  points: readonly Float64Array[],
  origin: Vector,
  name: string,
  { of, shape, maxVertices, maxParts, error, maxTriangles }: OperationOf<'collider'>,
  solids: Solids,
  { note }: OperationContext,
): Promise<Shape[]> {
  const axes = of === 'scene' ? WORLD : axesOf(set[0]!.node);
  const hull = convexHull(solids, points);
  /** The points that matter: corners of the hull, or all of what is flat. */
  const outer = hull?.positions ?? Float64Array.from(points.flatMap((list) => [...list]));
  switch (shape) {
    case 'box':
      return [boundingBox(outer, axes)];
    case 'sphere':
      return [boundingSphere(solids, outer)];
    case 'capsule':
      return [boundingCapsule(solids, outer, axes)];
    case 'hull': {
      const made = hull && convexHull(solids, points, maxVertices);
      if (!made) note(`"${name}" is flat: its collider is a box.`);
      return made ? [{ solid: made, sizes: { vertices: made.positions.length / 3 } }] : [boundingBox(outer, axes)];
    }
    case 'parts': {
      const surface = gatherWorldSurface(set, MOST_TRIANGLES, '`collider`', origin);
      const closed = surface && (await closedBody(solids, surface));
      if (!closed) {
        note(`"${name}" encloses nothing: its collider is ${hull ? 'its hull' : 'a box'}.`);
        const whole = hull && convexHull(solids, points, maxVertices);
        return whole ? [{ solid: whole, sizes: {} }] : [boundingBox(outer, axes)];
      }
      return convexParts(solids, closed.body, { maxParts, maxVertices, error }).hulls.map((solid) => ({
        solid,
        sizes: { vertices: solid.positions.length / 3 },
      }));
    }
    case 'mesh': {
      const surface = gatherWorldSurface(set, MOST_TRIANGLES, '`collider`', origin);
      if (!surface) return [boundingBox(outer, axes)];
      const solid = await simplified(surface, maxTriangles);
      return [{ solid, sizes: { triangles: solid.indices.length / 3 } }];
    }
  }
}

/** Edges collapse until so many triangles are left, whatever it costs; materials and seams do not count. */
async function simplified({ positions, indices }: WorldSurface, most: number): Promise<TriangleSolid> {
  const { MeshoptSimplifier } = await import('meshoptimizer/simplifier');
  await MeshoptSimplifier.ready;
  const welded = weldPositions(positions);
  const corners = indices.map((vertex) => welded.indices[vertex]!);
  const [made] = MeshoptSimplifier.simplify(corners, welded.positions, 3, Math.min(corners.length, most * 3), 1, [
    'Prune',
  ]);
  return { positions: Float64Array.from(welded.positions), indices: made };
}

const WORLD: [Vector, Vector, Vector] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The axes of a node in the world, made perpendicular in turn; those of the world for a flattened node or a skin. */
function axesOf(node: Node): [Vector, Vector, Vector] {
  if (node.getSkin()) return WORLD;
  const m = node.getWorldMatrix() as Matrix;
  const x = unit([m[0]!, m[1]!, m[2]!]);
  const y0: Vector = [m[4]!, m[5]!, m[6]!];
  const y = x && unit(minus(y0, x, dot(y0, x)));
  if (!x || !y) return WORLD;
  return [x, y, [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]]];
}

function unit(v: Vector): Vector | null {
  const length = Math.sqrt(dot(v, v));
  return length > 1e-20 ? (v.map((value) => value / length) as Vector) : null;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function minus(a: Vector, b: Vector, factor: number): Vector {
  return [a[0] - b[0] * factor, a[1] - b[1] * factor, a[2] - b[2] * factor];
}

function colliderMaterial(document: Document) {
  const known = document
    .getRoot()
    .listMaterials()
    .find((material) => material.getName() === 'collider' && material.getAlphaMode() === 'BLEND');
  return (
    known ??
    document
      .createMaterial('collider')
      .setBaseColorFactor([0.1, 0.8, 0.3, 0.4])
      .setAlphaMode('BLEND')
      .setMetallicFactor(0)
      .setRoughnessFactor(0.9)
  );
}
