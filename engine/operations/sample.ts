import type { OperationOf } from '#contracts/operations/operation.ts';
import { formatCount } from '../formats/errors.ts';
import { createPrimitive } from '../formats/geometry/create-primitive.ts';
import { MAX_SURFACE_TRIANGLES } from '../measure/surface.ts';
import type { OperationFunction } from './operation-context.ts';
import { spreadPoints } from './sample/spread-points.ts';
import { storedColors } from './solids/colors.ts';
import { tooFine } from './solids/errors.ts';
import { namedMeshNodes } from './solids/placed-nodes.ts';
import { vertexColorMaterial } from './solids/plain-material.ts';
import { addToScene, removeMeshes } from './solids/replace-meshes.ts';
import { pointColors } from './solids/surface-colors.ts';
import { pointNormals } from './solids/surface-normals.ts';
import { doubleAreas, pointPositions, scatterPoints } from './solids/surface-points.ts';
import { gatherWorldSurface } from './solids/world-surface.ts';

const MOST_POINTS = 10_000_000;
/** Blue noise compares each of five times as many points with its neighbours. */
const MOST_SPREAD = 1_000_000;

/** Makes a point cloud of the surface. */
export const sample: OperationFunction<'sample'> = async (document, parameters, { host, note }) => {
  const nodes = namedMeshNodes(document, parameters.nodes);
  const surface = gatherWorldSurface(nodes, MAX_SURFACE_TRIANGLES, 'sampling');
  const area = surface ? doubleAreas(surface).reduce((sum, double) => sum + double, 0) / 2 : 0;
  if (!surface || !(area > 0)) return note('There is no surface to take points of.');
  const count = countOf(parameters, area);
  const points =
    parameters.pattern === 'blueNoise'
      ? spreadPoints(surface, count, parameters.seed)
      : scatterPoints(surface, count, parameters.seed, parameters.pattern === 'stratified');
  const primitive = createPrimitive(document, {
    mode: 0,
    positions: pointPositions(surface, points),
    normals: parameters.normals ? pointNormals(surface, points) : null,
    colors: parameters.colors ? storedColors(await pointColors(surface, points, host.decodeImage, note)) : null,
    material: parameters.colors ? vertexColorMaterial(document, surface) : null,
  });
  addToScene(document, 'points', [primitive], surface.origin);
  await removeMeshes(document, nodes);
  note(`Took ${formatCount(count)} points of ${Number(area.toPrecision(4))} m², ${rate(count, area)} a square metre.`);
};

function countOf({ count, density, pattern }: OperationOf<'sample'>, area: number): number {
  const wanted = density === undefined ? count : Math.max(1, Math.round(density * area));
  const most = pattern === 'blueNoise' ? MOST_SPREAD : MOST_POINTS;
  if (wanted <= most) return wanted;
  const other = pattern === 'blueNoise' ? ' `stratified` takes up to ten million.' : '';
  throw tooFine(
    density === undefined
      ? 'The points'
      : `The points of ${Number(area.toPrecision(4))} m² at ${density} a square metre`,
    wanted,
    most,
    `Ask for fewer points.${other}`,
  );
}

function rate(count: number, area: number): string {
  return String(Number((count / area).toPrecision(4)));
}
