import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { formatCount } from '../formats/errors.ts';
import { createPrimitive } from '../formats/geometry/create-primitive.ts';
import { MAX_SURFACE_TRIANGLES } from '../measure/surface.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { forEachTouchedCell } from './solids/cells-of-triangles.ts';
import { storedColors } from './solids/colors.ts';
import { tooFine } from './solids/errors.ts';
import { insidePoints } from './solids/inside-points.ts';
import { type Lattice, latticeOver } from './solids/lattice.ts';
import { NearestPoints } from './solids/nearest-point.ts';
import { namedMeshNodes } from './solids/placed-nodes.ts';
import { plainMaterial, vertexColorMaterial } from './solids/plain-material.ts';
import { addToScene, removeMeshes } from './solids/replace-meshes.ts';
import { pointColors } from './solids/surface-colors.ts';
import { formatVolume } from './solids/volume.ts';
import { gatherWorldSurface, type WorldSurface } from './solids/world-surface.ts';
import { blockFaces } from './voxelize/block-faces.ts';

/** Cells on the outside, each of which gets a colour and up to six faces. */
const MOST_SHOWN = 2_000_000;

/** Makes a model of cubes. */
export const voxelize: OperationFunction<'voxelize'> = async (document, parameters, context) => {
  const { note } = context;
  const nodes = namedMeshNodes(document, parameters.nodes);
  const surface = gatherWorldSurface(nodes, MAX_SURFACE_TRIANGLES, '`voxelize`');
  if (!surface) return note('There are no triangles to make cubes of.');
  const lattice = latticeOver(surface.positions, parameters, 2);
  const { cells, broken } = fill(surface, lattice, parameters.fill);
  const count = cells.reduce((sum, cell) => sum + cell, 0);
  if (count === 0) return note('No cell has its middle inside of the model: it is thinner than the cells, or open.');
  const shown = outerCells(cells, lattice);
  if (shown.length > MOST_SHOWN) {
    throw tooFine(
      'The cells on the outside',
      shown.length,
      MOST_SHOWN,
      'Ask for larger cells, that is a smaller `resolution`.',
    );
  }
  const colors = parameters.colors ? await colorsOf(surface, lattice, shown, context) : null;
  const material = colors ? vertexColorMaterial(document, surface) : await plainMaterial(document, surface, context);
  const primitive =
    parameters.output === 'points'
      ? createPrimitive(document, { mode: 0, positions: centers(lattice, shown), colors, material })
      : createPrimitive(document, { ...blockFaces(cells, lattice, shown, colors, parameters.merge), material });
  addToScene(document, 'voxels', [primitive], surface.origin);
  await removeMeshes(document, nodes);
  const { step } = lattice;
  note(
    `${formatCount(count)} cells of ${Number(step.toPrecision(4))} m hold ${formatVolume(count * step ** 3)}; ${plural(shown.length, 'cell lies', 'cells lie')} on the outside.`,
  );
  if (broken > 0.001 && parameters.fill !== 'surface') {
    note(`The surface is open: ${Number((broken * 100).toPrecision(2))} % of the rows through it go in and not out.`);
  }
};

function fill(surface: WorldSurface, lattice: Lattice, how: OperationOf<'voxelize'>['fill']) {
  const total = lattice.size[0] * lattice.size[1] * lattice.size[2];
  const { inside, broken } =
    how === 'surface' ? { inside: new Uint8Array(total), broken: 0 } : insidePoints(surface, lattice);
  if (how !== 'solid') {
    forEachTouchedCell(surface, lattice, (cell) => {
      inside[cell] = 1;
    });
  }
  return { cells: inside, broken };
}

/** Cells that border an empty one. The margin of the lattice is empty, so none is at its edge. */
function outerCells(cells: Uint8Array, { size: [nx, ny] }: Lattice): Uint32Array {
  const steps = [1, -1, nx, -nx, nx * ny, -nx * ny];
  const isOuter = (cell: number) => steps.some((by) => !cells[cell + by]);
  let count = 0;
  for (let i = 0; i < cells.length; i++) if (cells[i] && isOuter(i)) count++;
  const out = new Uint32Array(count);
  let at = 0;
  for (let i = 0; i < cells.length; i++) if (cells[i] && isOuter(i)) out[at++] = i;
  return out;
}

/** Middles of cells, three numbers each. */
function centers({ size: [nx, ny], start, step }: Lattice, cells: Uint32Array): Float32Array {
  const out = new Float32Array(cells.length * 3);
  for (const [i, cell] of cells.entries()) {
    const place = [cell % nx, Math.floor(cell / nx) % ny, Math.floor(cell / (nx * ny))];
    for (let k = 0; k < 3; k++) out[i * 3 + k] = start[k]! + place[k]! * step;
  }
  return out;
}

/** The colour of the surface nearest to the middle of each cell. */
async function colorsOf(surface: WorldSurface, lattice: Lattice, cells: Uint32Array, { host, note }: OperationContext) {
  const points = new NearestPoints(surface).all(centers(lattice, cells));
  return storedColors(await pointColors(surface, points, host.decodeImage, note));
}
