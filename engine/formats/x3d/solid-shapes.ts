import type { DaeInput, DaePolygons } from '../dae/read-polygons.ts';
import { numbersOf, type WorldNode } from './world-node.ts';

/** Sides of round shapes. */
const SIDES = 32;

/** A box about the origin. @param x half of its size, as `y` and `z` are */
export function box(x: number, y: number, z: number): DaePolygons {
  const points = [-1, 1].flatMap((c) => [-1, 1].flatMap((b) => [-1, 1].flatMap((a) => [a * x, b * y, c * z])));
  const sides = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  return plain(
    points,
    sides.flatMap(([a, b, c, d]) => [a!, b!, c!, a!, c!, d!]),
  );
}

/** A ball about the origin. */
export function sphere(radius: number): DaePolygons {
  return revolve(
    Array.from({ length: SIDES / 2 + 1 }, (_, i) => [
      radius * Math.sin((i * Math.PI * 2) / SIDES),
      radius * Math.cos((i * Math.PI * 2) / SIDES),
    ]),
  );
}

/** Turns a profile (radius, height; from top to bottom) about Y. */
export function revolve(rings: number[][]): DaePolygons {
  // Rounding must not keep a pole apart.
  const profile = rings.map(([radius, height]) => [radius! < 1e-9 ? 0 : radius!, height!]);
  const points = profile.flatMap(([radius, height]) =>
    Array.from({ length: SIDES }, (_, i) => [
      radius! * Math.sin((i * 2 * Math.PI) / SIDES),
      height!,
      radius! * Math.cos((i * 2 * Math.PI) / SIDES),
    ]).flat(),
  );
  const elements: number[] = [];
  for (let ring = 0; ring + 1 < profile.length; ring++) {
    for (let i = 0; i < SIDES; i++) {
      const [a, b] = [ring * SIDES + i, ring * SIDES + ((i + 1) % SIDES)];
      if (profile[ring + 1]![0]! > 1e-9) elements.push(a, a + SIDES, b + SIDES);
      if (profile[ring]![0]! > 1e-9) elements.push(a, b + SIDES, b);
    }
  }
  return plain(points, elements);
}

/** Triangles over points without any other attribute. @param elements three points each */
export function plain(points: number[], elements: number[]): DaePolygons {
  const coordinates = input('POSITION', 0, Float64Array.from(points), 3);
  return {
    mode: 4,
    material: '',
    inputs: [coordinates],
    corners: Int32Array.from({ length: points.length / 3 }, (_, i) => i),
    width: 1,
    elements: Uint32Array.from(elements),
  };
}

/** Values as an input of polygons. @param offset which of the indices of a corner is theirs */
export function input(semantic: string, offset: number, values: Float64Array, stride: number): DaeInput {
  return {
    semantic,
    offset,
    set: 0,
    values: Float32Array.from(values),
    stride,
    start: 0,
    count: Math.floor(values.length / stride),
  };
}

/** The whole numbers of a field; -1 for what is none. */
export function indices(node: WorldNode, field: string): Int32Array {
  return Int32Array.from(numbersOf(node, field), (value) => (Number.isInteger(value) ? value : -1));
}
