import type { DaePolygons } from '../dae/read-polygons.ts';
import { box, plain, revolve, sphere } from '../x3d/solid-shapes.ts';
import { tupleOf } from '../x3d/world-node.ts';
import { flagsOf } from './choices.ts';
import { colorsOf, materialAt, type ShapeSource } from './shape-source.ts';

/** What of a shape has a material of its own: its number in the order of the specification. */
interface Part {
  number: number;
  polygons: DaePolygons;
}

/**
 * A cube, sphere, cylinder or cone; several polygons where their parts have materials of their own. Null for a shape of
 * another kind.
 */
export function solidParts(source: ShapeSource): DaePolygons[] | null {
  const { node, binding } = source;
  const isApart = binding.startsWith('PER_PART');
  const parts = partsOf(source, isApart);
  if (!parts) return null;
  if (binding === 'OVERALL') return parts.map(({ polygons }) => polygons);
  const index = isApart ? (part: number) => materialAt(source, part) : () => 0;
  return parts.map(({ number, polygons }) => colored(source, polygons, index(node.type === 'Sphere' ? 0 : number)));
}

/** @param isApart whether parts that lie at each other stay apart */
function partsOf(source: ShapeSource, isApart: boolean): Part[] | null {
  const { node } = source;
  const size = (field: string, fallback: number) => Math.abs(tupleOf(node, field, [fallback])[0]!);
  switch (node.type) {
    case 'Cube': {
      const [x, y, z] = [size('width', 2) / 2, size('height', 2) / 2, size('depth', 2) / 2];
      return isApart ? cubeSides(x, y, z) : [{ number: 0, polygons: box(x, y, z) }];
    }
    case 'Sphere':
      return [{ number: 0, polygons: sphere(size('radius', 1)) }];
    case 'Cylinder': {
      const [radius, half] = [size('radius', 1), size('height', 2) / 2];
      const wall = [
        [radius, half],
        [radius, -half],
      ];
      return turned(source, isApart, wall, { TOP: [0, half], BOTTOM: [0, -half] });
    }
    case 'Cone': {
      const [radius, half] = [size('bottomRadius', 1), size('height', 2) / 2];
      const wall = [
        [0, half],
        [radius, -half],
      ];
      return turned(source, isApart, wall, { BOTTOM: [0, -half] });
    }
    default:
      return null;
  }
}

/** A wall about Y with ends, of which a file may leave some out. */
function turned(
  { node }: ShapeSource,
  isApart: boolean,
  wall: number[][],
  ends: { TOP?: number[]; BOTTOM: number[] },
): Part[] {
  const flags = flagsOf(node, 'parts');
  const has = (part: string) => flags.length === 0 || flags.includes('ALL') || flags.includes(part);
  const top = ends.TOP && has('TOP') ? [ends.TOP] : [];
  const bottom = has('BOTTOM') ? [ends.BOTTOM] : [];
  const [first, last] = [wall[0]!, wall.at(-1)!];
  if (has('SIDES') && !isApart) return [{ number: 0, polygons: revolve([...top, ...wall, ...bottom]) }];
  return [
    ...(has('SIDES') ? [{ number: 0, polygons: revolve(wall) }] : []),
    ...top.map((point) => ({ number: 1, polygons: revolve([point, first]) })),
    ...bottom.map((point) => ({ number: ends.TOP ? 2 : 1, polygons: revolve([last, point]) })),
  ];
}

/** Front, back, left, right, top and bottom, each a square of its own. */
function cubeSides(x: number, y: number, z: number): Part[] {
  const sides = [
    [-x, -y, z, x, -y, z, x, y, z, -x, y, z],
    [x, -y, -z, -x, -y, -z, -x, y, -z, x, y, -z],
    [-x, -y, -z, -x, -y, z, -x, y, z, -x, y, -z],
    [x, -y, z, x, -y, -z, x, y, -z, x, y, z],
    [-x, y, z, x, y, z, x, y, -z, -x, y, -z],
    [-x, -y, -z, x, -y, -z, x, -y, z, -x, -y, z],
  ];
  return sides.map((points, number) => ({ number, polygons: plain(points, [0, 1, 2, 0, 2, 3]) }));
}

/** Polygons that all have the colour of one material. */
function colored(source: ShapeSource, polygons: DaePolygons, material: number): DaePolygons {
  const corners = new Int32Array(polygons.corners.length * 2);
  for (let i = 0; i < polygons.corners.length; i++) corners.set([polygons.corners[i]!, material], i * 2);
  return { ...polygons, inputs: [...polygons.inputs, colorsOf(source, 1)], corners, width: 2 };
}
