import type { OperationOf } from '#contracts/operations/operation.ts';
import { DisjointSets } from '../describe/disjoint-sets.ts';
import { plural } from '../formats/corrections.ts';
import { weldPositions } from '../formats/geometry/weld-positions.ts';
import { loadRecast } from './navmesh/recast-library.ts';
import type { OperationFunction } from './operation-context.ts';
import { addPart } from './solids/attach-result.ts';
import { tooFine } from './solids/errors.ts';
import { namedMeshNodes } from './solids/placed-nodes.ts';
import { removeMeshes } from './solids/replace-meshes.ts';
import { shadedPrimitive } from './solids/shaded-primitive.ts';
import { doubleAreas } from './solids/surface-points.ts';
import { boundsOfPoints, gatherWorldSurface, type WorldSurface } from './solids/world-surface.ts';

const MOST_TRIANGLES = 3_000_000;
/** Cells of the ground: about a hundred bytes each. */
const MOST_CELLS = 4_000_000;
/** Recast counts heights in 13 bits. */
const MOST_LEVELS = 8000;

/** Makes a navigation mesh. */
export const navmesh: OperationFunction<'navmesh'> = async (document, parameters, { note }) => {
  const nodes = namedMeshNodes(document, parameters.nodes);
  const surface = gatherWorldSurface(nodes, MOST_TRIANGLES, '`navmesh`');
  if (!surface) return note('There are no triangles to walk on.');
  const made = await walkableSurface(surface, parameters);
  if (!made) return note('Nowhere can an agent of this size stand: it may be too large, or the ground too steep.');
  const { positions, indices } = made;
  const material =
    document
      .getRoot()
      .listMaterials()
      .find((one) => one.getName() === 'navmesh') ??
    document
      .createMaterial('navmesh')
      .setBaseColorFactor([0.05, 0.4, 0.8, 0.6])
      .setAlphaMode('BLEND')
      .setMetallicFactor(0);
  const { agentRadius, agentHeight, maxClimb, maxSlope } = parameters;
  const area = doubleAreas(made).reduce((sum, double) => sum + double, 0) / 2;
  const islands = countIslands(positions, indices);
  const extras = { navmesh: { agentRadius, agentHeight, maxClimb, maxSlope, area, islands } };
  const primitive = shadedPrimitive(document, made, material);
  addPart(document, null, 'navmesh', primitive, { visible: parameters.visible, extras }).setTranslation(surface.origin);
  if (!parameters.keep) await removeMeshes(document, nodes);
  note(
    `${Number(area.toPrecision(4))} m² can be walked on, in ${plural(islands, 'island')}; ${plural(indices.length / 3, 'triangle')} of cells of ${Number(made.cell.toPrecision(3))} m.`,
  );
};

interface Walkable {
  positions: Float32Array;
  indices: Uint32Array;
  cell: number;
}

/** Recast: the surface in cells, what of it can be stood on, regions of that, and their outlines in triangles. */
async function walkableSurface(surface: WorldSurface, parameters: OperationOf<'navmesh'>): Promise<Walkable | null> {
  const { agentRadius, agentHeight, maxClimb, maxSlope, minArea } = parameters;
  const { min, max } = boundsOfPoints([surface.positions]);
  const [width, height, depth] = min.map((value, axis) => max[axis]! - value) as [number, number, number];
  const cell = parameters.cellSize ?? agentRadius / 2;
  const cells = (Math.ceil(width / cell) + 1) * (Math.ceil(depth / cell) + 1);
  if (!(cells <= MOST_CELLS)) {
    const ground = [width, depth].map((side) => Number(side.toPrecision(4))).join(' × ');
    throw tooFine(
      `The cells of ${cell} m over ${ground} m`,
      cells,
      MOST_CELLS,
      'Ask for a larger `cellSize` or `agentRadius`.',
    );
  }
  const level = Math.max(cell / 2, (height + agentHeight) / MOST_LEVELS);
  const { generateSoloNavMesh, getNavMeshPositionsAndIndices } = await loadRecast();
  const made = generateSoloNavMesh(surface.positions, surface.indices, {
    cs: cell,
    ch: level,
    walkableSlopeAngle: maxSlope,
    walkableHeight: Math.max(3, Math.ceil(agentHeight / level)),
    walkableClimb: Math.floor(maxClimb / level),
    walkableRadius: Math.ceil(agentRadius / cell - 1e-6),
    maxEdgeLen: Math.round(12 / cell),
    maxSimplificationError: 1.3,
    minRegionArea: Math.sqrt(minArea) / cell,
    mergeRegionArea: 20,
    maxVertsPerPoly: 6,
    detailSampleDist: 6,
    detailSampleMaxError: 1,
  });
  if (!made.success) return null;
  const [points, corners] = getNavMeshPositionsAndIndices(made.navMesh);
  made.navMesh.destroy();
  if (corners.length === 0) return null;
  const welded = weldPositions(Float32Array.from(points));
  return { positions: welded.positions, indices: Uint32Array.from(corners, (corner) => welded.indices[corner]!), cell };
}

function countIslands(positions: Float32Array, indices: Uint32Array): number {
  const sets = new DisjointSets(positions.length / 3);
  for (let i = 0; i < indices.length; i++) sets.union(indices[i]!, indices[i - (i % 3)]!);
  return new Set(Array.from(indices, (vertex) => sets.find(vertex))).size;
}
