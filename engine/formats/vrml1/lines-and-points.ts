import type { DaePolygons } from '../dae/read-polygons.ts';
import { formatCount } from '../errors.ts';
import { GrowableInt32 } from '../obj/growable.ts';
import { indices } from '../x3d/solid-shapes.ts';
import { tupleOf } from '../x3d/world-node.ts';
import { boundIndex } from './read-materials.ts';
import { colorsOf, coordinatesOf, materialAt, requirePoint, type ShapeSource } from './shape-source.ts';

/** The lines of an `IndexedLineSet`; materials belong to its segments (`PER_PART`), lines (`PER_FACE`) or points. */
export function lineSet(source: ShapeSource): DaePolygons {
  const { node, binding } = source;
  const list = indices(node, 'coordIndex');
  const own = indices(node, 'materialIndex');
  const index = own.some((value) => value >= 0) ? own : null;
  const coordinates = coordinatesOf(source);
  const isColored = binding !== 'OVERALL';
  const isPart = binding.startsWith('PER_PART');
  const corners = new GrowableInt32();
  const [line, segment, corner] = [0, 1, 2];
  const numbers = [0, 0, 0];
  for (let at = 0; at < list.length; at++) {
    const point = list[at]!;
    if (point < 0) {
      if (at > 0 && list[at - 1]! >= 0) numbers[line]!++;
      continue;
    }
    requirePoint(source, point, coordinates.count, node.name || node.type);
    if (at > 0 && list[at - 1]! >= 0) {
      const face = isPart ? numbers[segment]!++ : numbers[line]!;
      for (const back of [1, 0]) {
        corners.push(list[at - back]!);
        if (!isColored) continue;
        const place = { face, corner: numbers[corner]! - back, at: at - back, point: list[at - back]! };
        corners.push(materialAt(source, boundIndex(binding, place, index)));
      }
    }
    numbers[corner]!++;
  }
  return withElements(source, 1, isColored, corners);
}

/** The points of a `PointSet`, materials in their order. */
export function pointSet(source: ShapeSource): DaePolygons {
  const { node, fail } = source;
  const { count } = coordinatesOf(source);
  const [start] = tupleOf(node, 'startIndex', [0]) as [number];
  const [wanted] = tupleOf(node, 'numPoints', [-1]) as [number];
  const left = Math.max(0, count - start);
  if (wanted > left || start < 0 || !Number.isInteger(start) || !Number.isInteger(wanted)) {
    fail(
      `${node.name || node.type} declares ${formatCount(Math.max(0, wanted))} points from ${start} on; there are ${formatCount(count)}.`,
      'Give no more points than the Coordinate3 before it has, or -1 for all.',
    );
  }
  const isColored = source.binding.startsWith('PER_VERTEX');
  const corners = new GrowableInt32();
  for (let i = 0; i < (wanted < 0 ? left : wanted); i++) {
    corners.push(start + i);
    if (isColored) corners.push(materialAt(source, i));
  }
  return withElements(source, 0, isColored, corners);
}

function withElements(source: ShapeSource, mode: 0 | 1, isColored: boolean, corners: GrowableInt32): DaePolygons {
  const width = isColored ? 2 : 1;
  return {
    mode,
    material: '',
    inputs: [coordinatesOf(source), ...(isColored ? [colorsOf(source, 1)] : [])],
    corners: corners.view(),
    width,
    elements: Uint32Array.from({ length: corners.length / width }, (_, i) => i),
  };
}
