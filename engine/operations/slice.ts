import type { Document, Mesh, Node } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import type { Matrix } from '../describe/matrix.ts';
import { plural } from '../formats/corrections.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { capMesh } from './slice/cap-mesh.ts';
import { clipPrimitive, type Side } from './slice/clip-primitive.ts';
import { contoursOf } from './slice/contours.ts';
import { nothingLeft } from './slice/errors.ts';
import { basisOf, distancesTo, type Plane, rowOf } from './slice/plane.ts';
import { type Solids, withSolids } from './solids/manifold-library.ts';
import { type MeshNode, namedMeshNodes } from './solids/placed-nodes.ts';
import { dropWeightChannels, removeMeshes } from './solids/replace-meshes.ts';
import { spreadInstances } from './solids/spread-instances.ts';
import { worldPositions } from './solids/world-surface.ts';
import { removeSkins } from './strip.ts';

/** Vertices nearer to the plane than this share of the model's size lie in it. */
const NEAREST = 1e-7;

/** Cuts meshes at a plane, or takes the outlines of cuts. */
export const slice: OperationFunction<'slice'> = async (document, parameters, context) => {
  const nodes = namedMeshNodes(document, parameters.nodes);
  const [low, high] = extentAlong(nodes, unit(parameters.normal));
  if (!(high >= low)) return context.note('There is no mesh to cut.');
  if (parameters.contours) return contoursOf(document, nodes, parameters, [low, high], context);
  const plane = { normal: unit(parameters.normal), offset: parameters.offset ?? low + (high - low) * parameters.at };
  const lost = parameters.keep === 'below' ? plane.offset <= low : parameters.keep === 'above' && plane.offset >= high;
  if (lost) throw nothingLeft(parameters.keep, plane.offset, low, high);
  return withSolids((solids) => cutNodes(document, plane, parameters, solids, context));
};

/** What cutting did, over all meshes. */
interface Tally {
  meshes: number;
  caps: number;
  open: number;
  removed: number;
}

async function cutNodes(
  document: Document,
  plane: Plane,
  parameters: OperationOf<'slice'>,
  solids: Solids,
  { note, diagonal }: OperationContext,
): Promise<void> {
  if (document.getRoot().listSkins().length > 0) {
    removeSkins(document);
    note('Skinned meshes were cut in their rest pose and have no skin any more.');
  }
  spreadInstances(document);
  const tally: Tally = { meshes: 0, caps: 0, open: 0, removed: 0 };
  const gone: MeshNode[] = [];
  for (const item of namedMeshNodes(document, parameters.nodes)) {
    const [low, high] = extentAlong([item], plane.normal);
    const nearest = NEAREST * Math.max(diagonal, high - low);
    const crossed = low < plane.offset - nearest && high > plane.offset + nearest;
    const isBelow = (low + high) / 2 < plane.offset;
    if (crossed) cutNode(document, item, plane, nearest, parameters, solids, tally);
    else if (parameters.keep !== 'both' && isBelow !== (parameters.keep === 'below')) gone.push(item);
  }
  tally.removed = gone.length;
  await removeMeshes(document, gone);
  for (const sentence of sentencesOf(tally, plane, parameters)) note(sentence);
}

function cutNode(
  document: Document,
  { node, mesh }: MeshNode,
  plane: Plane,
  nearest: number,
  { keep, cap }: OperationOf<'slice'>,
  solids: Solids,
  tally: Tally,
): void {
  const sides = keep === 'both' ? ([-1, 1] as const) : ([keep === 'above' ? 1 : -1] as const);
  const made = sides.map((side) => ({
    side,
    mesh: sideOf(document, node, mesh, plane, side, nearest, cap, solids, tally),
  }));
  tally.meshes++;
  if (made.length === 1) {
    node.setMesh(made[0]!.mesh);
    return;
  }
  for (const { side, mesh: part } of made) {
    const name = `${node.getName() || mesh.getName() || 'mesh'}_${side < 0 ? 'below' : 'above'}`;
    node.addChild(document.createNode(name).setMesh(part).setWeights(node.getWeights()));
  }
  node.setMesh(null).setWeights([]);
  dropWeightChannels(document, [{ node, mesh }]);
}

/** The part of a mesh on one side, for one node alone. */
function sideOf(
  document: Document,
  node: Node,
  mesh: Mesh,
  plane: Plane,
  side: Side,
  nearest: number,
  cap: boolean,
  solids: Solids,
  tally: Tally,
): Mesh {
  const matrix = node.getWorldMatrix() as Matrix;
  const row = rowOf(plane, matrix);
  const clipped = mesh
    .listPrimitives()
    .flatMap((primitive) => clipPrimitive(document, primitive, row, side, nearest) ?? []);
  const part = document.createMesh(mesh.getName()).setWeights(mesh.getWeights()).setExtras(mesh.getExtras());
  for (const { primitive } of clipped) part.addPrimitive(primitive);
  if (!cap) return part;
  const [u, v] = basisOf(plane.normal);
  const facing = -side;
  const flat = (x: number, y: number, z: number): [number, number] => {
    const world = [0, 1, 2].map((k) => matrix[k]! * x + matrix[4 + k]! * y + matrix[8 + k]! * z + matrix[12 + k]!);
    const along = (axis: readonly number[]) => axis[0]! * world[0]! + axis[1]! * world[1]! + axis[2]! * world[2]!;
    // In a mirrored node triangles run the other way round.
    return [along(u!) * facing * (isMirrored(matrix) ? -1 : 1), along(v!)];
  };
  const length = Math.hypot(row[0], row[1], row[2]);
  const normal = [row[0], row[1], row[2]].map((value) => (value / length) * facing) as [number, number, number];
  const { loops, open } = capMesh(document, solids, clipped, normal, flat);
  tally.caps += loops;
  tally.open += open;
  return part;
}

function isMirrored(m: Matrix): boolean {
  const cross = [m[5]! * m[10]! - m[6]! * m[9]!, m[6]! * m[8]! - m[4]! * m[10]!, m[4]! * m[9]! - m[5]! * m[8]!];
  return m[0]! * cross[0]! + m[1]! * cross[1]! + m[2]! * cross[2]! < 0;
}

function extentAlong(nodes: readonly MeshNode[], normal: readonly [number, number, number]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const points of nodes.flatMap(worldPositions)) {
    for (const distance of distancesTo([...normal, 0], points, 0)) {
      if (distance < low) low = distance;
      if (distance > high) high = distance;
    }
  }
  return [low, high];
}

function unit([x, y, z]: readonly [number, number, number]): [number, number, number] {
  const length = Math.sqrt(x * x + y * y + z * z);
  return [x / length, y / length, z / length];
}

function sentencesOf(
  { meshes, caps, open, removed }: Tally,
  { offset }: Plane,
  { keep, cap }: OperationOf<'slice'>,
): string[] {
  const at = `${Number(offset.toPrecision(6))} m`;
  const sentences = [
    meshes > 0 ? `Cut ${plural(meshes, 'mesh', 'meshes')} at ${at}.` : `The plane at ${at} cuts no mesh.`,
  ];
  if (removed > 0)
    sentences.push(
      `Removed ${plural(removed, 'mesh', 'meshes')} that ${removed === 1 ? 'lay' : 'lie'} ${keep === 'below' ? 'above' : 'below'}.`,
    );
  if (cap && caps > 0) sentences.push(`Closed ${plural(caps, 'outline')}.`);
  if (cap && open > 0) sentences.push(`${plural(open, 'outline')} of open surfaces stayed open.`);
  return sentences;
}
