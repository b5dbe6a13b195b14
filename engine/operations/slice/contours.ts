import type { Document } from '@gltf-transform/core';
import type { OperationOf } from '#contracts/operations/operation.ts';
import { plural } from '../../formats/corrections.ts';
import { createPrimitive } from '../../formats/geometry/create-primitive.ts';
import { weldPositions } from '../../formats/geometry/weld-positions.ts';
import { MAX_SURFACE_TRIANGLES } from '../../measure/surface.ts';
import type { OperationContext } from '../operation-context.ts';
import { tooFine } from '../solids/errors.ts';
import type { MeshNode } from '../solids/placed-nodes.ts';
import { addToScene, removeMeshes } from '../solids/replace-meshes.ts';
import { gatherWorldSurface, type WorldSurface } from '../solids/world-surface.ts';
import { joinEdges } from './outlines.ts';
import { basisOf, distancesTo } from './plane.ts';

const MOST_LAYERS = 10_000;
/** Lines of all outlines together. */
const MOST_LINES = 20_000_000;

/** Puts the outlines of cuts in place of the model: one primitive of lines, layer after layer from below. */
export async function contoursOf(
  document: Document,
  nodes: readonly MeshNode[],
  parameters: OperationOf<'slice'>,
  [low, high]: readonly [number, number],
  { note }: OperationContext,
): Promise<void> {
  const surface = gatherWorldSurface(nodes, MAX_SURFACE_TRIANGLES, 'slicing');
  if (!surface) return note('There are no triangles to cut.');
  const length = Math.hypot(...parameters.normal);
  const normal = parameters.normal.map((value) => value / length) as [number, number, number];
  const heights = heightsOf(parameters, low, high);
  const along = normal.reduce((sum, value, axis) => sum + value * surface.origin[axis]!, 0);
  const levels = Float64Array.from(heights, (height) => height - along);
  const lines = cutAtLevels(surface, distancesTo([...normal, 0], surface.positions, 0), levels);
  const kept = new Lines();
  let loops = 0;
  let open = 0;
  let area = 0;
  for (const points of lines) {
    const welded = weldPositions(Float32Array.from(points));
    const outlines = joinEdges(Array.from(welded.indices));
    for (const loop of outlines.loops) kept.add(welded.positions, loop, true);
    for (const chain of outlines.open) kept.add(welded.positions, chain, false);
    loops += outlines.loops.length;
    open += outlines.open.length;
    area += outlines.loops.reduce((sum, loop) => sum + signedArea(welded.positions, loop, normal), 0);
  }
  if (kept.indices.length === 0) return note('The planes cut no triangle.');
  const primitive = createPrimitive(document, {
    mode: 1,
    positions: Float32Array.from(kept.positions),
    indices: Uint32Array.from(kept.indices),
  });
  addToScene(document, 'contours', [primitive], surface.origin);
  await removeMeshes(document, nodes);
  note(
    `${plural(heights.length, 'plane')} made ${plural(loops, 'closed outline')} around ${Number(area.toPrecision(5))} m² altogether.`,
  );
  if (open > 0) note(`${plural(open, 'outline')} of open surfaces ${open === 1 ? 'is no loop' : 'are no loops'}.`);
}

/** Where the planes lie along the normal, in metres from the origin of the world. */
function heightsOf({ layers, spacing, at, offset }: OperationOf<'slice'>, low: number, high: number): number[] {
  if (layers === undefined && spacing === undefined) return [offset ?? low + (high - low) * at];
  const count = layers ?? Math.max(1, Math.ceil((high - low) / spacing!));
  if (count > MOST_LAYERS) throw tooFine('The layers', count, MOST_LAYERS, 'Ask for thicker layers.');
  const step = spacing ?? (high - low) / count;
  return Array.from({ length: count }, (_, i) => low + (i + 0.5) * step).filter((height) => height < high);
}

/**
 * For each level, two points for each triangle that crosses it: the solid lies to the left of the way from the first to
 * the second, as seen from above. A corner at the level counts as above: whatever crosses, crosses in two edges.
 */
function cutAtLevels(
  { positions: p, indices }: WorldSurface,
  distances: Float64Array,
  levels: Float64Array,
): number[][] {
  let total = 0;
  const ranges = (triangle: number): [number, number] => {
    const [a, b, c] = [0, 1, 2].map((k) => distances[indices[triangle * 3 + k]!]!) as [number, number, number];
    return [firstAbove(levels, Math.min(a, b, c)), firstAbove(levels, Math.max(a, b, c))];
  };
  for (let i = 0; i < indices.length / 3; i++) {
    const [from, to] = ranges(i);
    total += to - from;
  }
  if (total > MOST_LINES)
    throw tooFine('The lines of all outlines', total, MOST_LINES, 'Ask for fewer layers, or simplify before.');
  const lines: number[][] = Array.from(levels, () => []);
  for (let i = 0; i < indices.length / 3; i++) {
    const [from, to] = ranges(i);
    for (let level = from; level < to; level++) cutTriangle(p, indices, i, distances, levels[level]!, lines[level]!);
  }
  return lines;
}

function firstAbove(levels: Float64Array, value: number): number {
  let low = 0;
  let high = levels.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (levels[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

function cutTriangle(
  p: Float32Array,
  indices: Uint32Array,
  triangle: number,
  distances: Float64Array,
  level: number,
  line: number[],
): void {
  const ends: [number[] | null, number[] | null] = [null, null];
  for (let k = 0; k < 3; k++) {
    const a = indices[triangle * 3 + k]!;
    const b = indices[triangle * 3 + ((k + 1) % 3)]!;
    const [rises, falls] = [
      distances[a]! < level && distances[b]! >= level,
      distances[a]! >= level && distances[b]! < level,
    ];
    if (!rises && !falls) continue;
    // The same point whichever triangle asks.
    const [from, to] = rises ? [a, b] : [b, a];
    const share = (level - distances[from]!) / (distances[to]! - distances[from]!);
    ends[falls ? 0 : 1] = [0, 1, 2].map(
      (axis) => p[from * 3 + axis]! + (p[to * 3 + axis]! - p[from * 3 + axis]!) * share,
    );
  }
  if (ends[0] && ends[1]) line.push(...ends[0], ...ends[1]);
}

/** Lines of all layers in one list. */
class Lines {
  readonly positions: number[] = [];
  readonly indices: number[] = [];

  add(positions: Float32Array, points: readonly number[], closed: boolean): void {
    const first = this.positions.length / 3;
    for (const [i, point] of points.entries()) {
      for (let k = 0; k < 3; k++) this.positions.push(positions[point * 3 + k]!);
      if (i > 0) this.indices.push(first + i - 1, first + i);
    }
    if (closed) this.indices.push(first + points.length - 1, first);
  }
}

/** Positive where the loop runs counter-clockwise as seen from above; holes count against it. */
function signedArea(p: Float32Array, loop: readonly number[], normal: readonly [number, number, number]): number {
  const [u, v] = basisOf(normal);
  const along = (axis: readonly number[], point: number) =>
    axis.reduce((sum, value, k) => sum + value * p[point * 3 + k]!, 0);
  let sum = 0;
  for (const [i, point] of loop.entries()) {
    const next = loop[(i + 1) % loop.length]!;
    sum += along(u!, point) * along(v!, next) - along(u!, next) * along(v!, point);
  }
  return sum / 2;
}
