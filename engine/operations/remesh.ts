import type { Document, Primitive } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../formats/corrections.ts';
import { formatCount } from '../formats/errors.ts';
import { weldPositions } from '../formats/geometry/weld-positions.ts';
import type { OperationContext, OperationFunction } from './operation-context.ts';
import { contourSurface } from './remesh/dual-contouring.ts';
import { fitSurface } from './remesh/fit-surface.ts';
import { transferAttributes } from './remesh/transfer.ts';
import { storedColors } from './solids/colors.ts';
import { tooFine } from './solids/errors.ts';
import { type Fineness, latticeOver } from './solids/lattice.ts';
import { NearestPoints } from './solids/nearest-point.ts';
import { type MeshNode, namedMeshNodes } from './solids/placed-nodes.ts';
import { plainMaterial, vertexColorMaterial } from './solids/plain-material.ts';
import { addToScene, removeMeshes } from './solids/replace-meshes.ts';
import { shadedPrimitive } from './solids/shaded-primitive.ts';
import { pointColors } from './solids/surface-colors.ts';
import { enclosedVolume, formatVolume } from './solids/volume.ts';
import { gatherWorldSurface, type WorldSurface } from './solids/world-surface.ts';

const MOST_TRIANGLES = 5_000_000;
/** What meshoptimizer takes. */
const MOST_SKIN = 256;

/** Makes new triangles of even size after a surface. */
export const remesh: OperationFunction<'remesh'> = async (document, parameters, context) => {
  const { note } = context;
  const all = namedMeshNodes(document, parameters.nodes);
  const sets = parameters.of === 'scene' ? [all] : all.map((node) => [node]);
  const gone: MeshNode[] = [];
  for (const nodes of sets) {
    const surface = gatherWorldSurface(nodes, MOST_TRIANGLES, '`remesh`');
    if (!surface) continue;
    const name =
      parameters.of === 'scene' ? 'remesh' : nodes[0]!.node.getName() || nodes[0]!.mesh.getName() || 'remesh';
    const made = await remeshSurface(surface, parameters);
    if (made.indices.length === 0) {
      note(`"${name}" encloses nothing at this resolution and stays; the method \`skin\` makes a skin around it.`);
      continue;
    }
    const primitives = await primitivesOf(document, surface, made, parameters, context);
    addToScene(document, name, primitives, surface.origin);
    gone.push(...nodes);
    note(
      `"${name}": ${formatCount(surface.indices.length / 3)} triangles became ${formatCount(made.indices.length / 3)} of cells of ${Number(made.step.toPrecision(4))} m; closed, around ${formatVolume(enclosedVolume(made.positions, made.indices))}.`,
    );
    if (made.broken > 0.001) {
      note(
        `"${name}" was open: ${Number((made.broken * 100).toPrecision(2))} % of the rows through it went in and not out.`,
      );
    }
  }
  if (all.length === 0) note('There are no triangles to make anew.');
  await removeMeshes(document, gone);
  if (gone.length > 0 && sets.length > 1) note(`Made ${plural(sets.length, 'surface')}.`);
};

/** New triangles after a surface. */
export interface Remeshed {
  positions: Float32Array;
  indices: Uint32Array;
  /** Size of a cell, in metres. */
  step: number;
  /** Share of the rows through the source that do not come out as often as they go in. */
  broken: number;
}

/** Makes a closed surface after another. */
export async function remeshSurface(
  surface: WorldSurface,
  { method, fit, ...fineness }: Fineness & Pick<OperationOf<'remesh'>, 'method' | 'fit'>,
): Promise<Remeshed> {
  const lattice = latticeOver(surface.positions, fineness, 2);
  const made = method === 'skin' ? await skinOf(surface, lattice.step) : contourSurface(surface, lattice);
  const positions = fit ? fitSurface(made.positions, made.indices, surface, lattice.step) : made.positions;
  return { positions, indices: made.indices, step: lattice.step, broken: made.broken };
}

/** meshoptimizer's own remesher: what can be reached from outside. */
async function skinOf({ positions, indices }: WorldSurface, step: number) {
  const { MeshoptSimplifier } = await import('meshoptimizer/simplifier');
  await MeshoptSimplifier.ready;
  const longest = [0, 1, 2].reduce((most, axis) => {
    let [min, max] = [Infinity, -Infinity];
    for (let i = axis; i < positions.length; i += 3) {
      min = Math.min(min, positions[i]!);
      max = Math.max(max, positions[i]!);
    }
    return Math.max(most, max - min);
  }, 0);
  const resolution = Math.max(4, Math.round(longest / step));
  if (resolution > MOST_SKIN) {
    throw tooFine(
      'The cells of `skin` along the longest side',
      resolution,
      MOST_SKIN,
      'Ask for larger cells, or for `solid`.',
    );
  }
  const corners = MeshoptSimplifier.remesh(indices, positions, 3, resolution, ['Solve']);
  const welded = weldPositions(corners);
  const kept: number[] = [];
  for (let i = 0; i < welded.indices.length; i += 3) {
    const [a, b, c] = [welded.indices[i]!, welded.indices[i + 1]!, welded.indices[i + 2]!];
    if (a !== b && b !== c && c !== a) kept.push(a, b, c);
  }
  return { positions: welded.positions, indices: Uint32Array.from(kept), broken: 0 };
}

async function primitivesOf(
  document: Document,
  surface: WorldSurface,
  { positions, indices }: Remeshed,
  { attributes }: OperationOf<'remesh'>,
  context: OperationContext,
): Promise<Primitive[]> {
  switch (attributes) {
    case 'materials':
      return transferAttributes(document, surface, positions, indices);
    case 'colors': {
      const primitive = shadedPrimitive(document, { positions, indices }, vertexColorMaterial(document, surface));
      const stored = primitive.getAttribute('POSITION')!.getArray()!;
      const points = new NearestPoints(surface).all(stored);
      const colors = storedColors(await pointColors(surface, points, context.host.decodeImage, context.note));
      const accessor = document
        .createAccessor()
        .setType('VEC4')
        .setArray(colors as Uint16Array<ArrayBuffer>)
        .setNormalized(true);
      primitive.setAttribute('COLOR_0', accessor.setBuffer(document.getRoot().listBuffers()[0] ?? null));
      return [primitive];
    }
    case 'none':
      return [shadedPrimitive(document, { positions, indices }, await plainMaterial(document, surface, context))];
  }
}
