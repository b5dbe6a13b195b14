import { formatCount, modelMalformed } from '../errors.ts';
import { booleanOf, numbersOf, tupleOf, type WorldNode } from './world-node.ts';

/** Points with polygons over them, each ended by -1. */
export interface PointsAndFaces {
  points: Float64Array;
  faces: Int32Array;
}

/** Heights over a grid in x and z (ISO/IEC 19775-1, 13.3.4). */
export function elevationGrid(node: WorldNode, file: string): PointsAndFaces {
  const [columns, rows] = ['xDimension', 'zDimension'].map((field) => tupleOf(node, field, [0])[0]!) as [
    number,
    number,
  ];
  const [dx, dz] = ['xSpacing', 'zSpacing'].map((field) => tupleOf(node, field, [1])[0]!) as [number, number];
  const heights = numbersOf(node, 'height');
  if (!(columns >= 2 && rows >= 2)) return { points: new Float64Array(0), faces: new Int32Array(0) };
  if (!Number.isInteger(columns) || !Number.isInteger(rows) || columns * rows > heights.length) {
    throw modelMalformed(
      `${file}: ${node.name || node.type}`,
      `It declares ${formatCount(columns)} × ${formatCount(rows)} heights and has ${formatCount(heights.length)}.`,
    );
  }
  const points = new Float64Array(columns * rows * 3);
  const faces: number[] = [];
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const at = j * columns + i;
      points.set([i * dx, heights[at]!, j * dz], at * 3);
      if (i + 1 < columns && j + 1 < rows) faces.push(at, at + columns, at + columns + 1, at + 1, -1);
    }
  }
  return { points, faces: Int32Array.from(faces) };
}

type Vector = [number, number, number];

/** A cross-section that is moved along a spine, scaled and turned on the way (ISO/IEC 19775-1, 13.3.5). */
export function extrusion(node: WorldNode, file: string): PointsAndFaces {
  const list = (field: string, fallback: number[]): Float64Array => {
    const values = numbersOf(node, field);
    return values.length > 0 ? values : Float64Array.from(fallback);
  };
  const section = list('crossSection', [1, 1, 1, -1, -1, -1, -1, 1, 1, 1]);
  const spine = vectors(list('spine', [0, 0, 0, 0, 1, 0]));
  const scale = list('scale', [1, 1]);
  const orientation = list('orientation', [0, 0, 1, 0]);
  const width = Math.floor(section.length / 2);
  const length = spine.length;
  if (width < 2 || length < 2) return { points: new Float64Array(0), faces: new Int32Array(0) };
  if (![...section, ...scale, ...orientation, ...spine.flat()].every(Number.isFinite))
    throw modelMalformed(
      `${file}: ${node.name || node.type}`,
      'Its section or its spine holds something else than numbers.',
    );
  const frames = framesOf(spine);
  const points = new Float64Array(width * length * 3);
  for (let i = 0; i < length; i++) {
    const s = Math.min(i, Math.floor(scale.length / 2) - 1) * 2;
    const o = Math.min(i, Math.floor(orientation.length / 4) - 1) * 4;
    const [x, y, z] = frames[i]!;
    for (let k = 0; k < width; k++) {
      const flat: Vector = [section[k * 2]! * scale[s]!, 0, section[k * 2 + 1]! * scale[s + 1]!];
      const turned = rotate(flat, orientation.subarray(o, o + 4));
      for (let axis = 0; axis < 3; axis++)
        points[(i * width + k) * 3 + axis] =
          spine[i]![axis]! + turned[0] * x[axis]! + turned[1] * y[axis]! + turned[2] * z[axis]!;
    }
  }
  return { points, faces: Int32Array.from(facesOf(node, section, width, length)) };
}

function facesOf(node: WorldNode, section: Float64Array, width: number, length: number): number[] {
  const faces: number[] = [];
  for (let i = 0; i + 1 < length; i++)
    for (let k = 0; k + 1 < width; k++) {
      const at = i * width + k;
      faces.push(at, at + 1, at + width + 1, at + width, -1);
    }
  const isClosed = section[0] === section[width * 2 - 2] && section[1] === section[width * 2 - 1];
  const rim = Array.from({ length: isClosed ? width - 1 : width }, (_, k) => k);
  if (booleanOf(node, 'beginCap', true)) faces.push(...rim.toReversed(), -1);
  if (booleanOf(node, 'endCap', true)) faces.push(...rim.map((k) => (length - 1) * width + k), -1);
  return faces;
}

/** The axes of the section at each point of the spine: y along it, z out of the plane that it bends in. */
function framesOf(spine: Vector[]): [Vector, Vector, Vector][] {
  const last = spine.length - 1;
  const isClosed = spine[0]!.every((value, k) => value === spine[last]![k]);
  const at = (i: number): Vector => spine[isClosed ? (i + last) % last : Math.min(last, Math.max(0, i))]!;
  const ys = spine.map((_, i) => unit(subtract(at(i + 1), at(i - 1))));
  const zs = spine.map((point, i) => unit(cross(subtract(at(i + 1), point), subtract(at(i - 1), point))));
  let before = zs.find((z) => z !== null) ?? null;
  const someY = ys.find((y) => y !== null) ?? [0, 1, 0];
  return spine.map((_, i) => {
    const y = ys[i] ?? someY;
    // A spine without a bend turns the section the shortest way from +y.
    if (!before) return straight(y);
    let z = zs[i] ?? before;
    if (dot(z, before) < 0) z = [-z[0], -z[1], -z[2]];
    before = z;
    return [unit(cross(y, z)) ?? [1, 0, 0], y, z];
  });
}

function straight(y: Vector): [Vector, Vector, Vector] {
  const axis = unit(cross([0, 1, 0], y));
  const angle = Math.acos(Math.max(-1, Math.min(1, y[1])));
  const turn = axis ? [...axis, angle] : [1, 0, 0, angle];
  return [rotate([1, 0, 0], turn), y, rotate([0, 0, 1], turn)];
}

/** Turns about an axis by an angle (Rodrigues). */
function rotate(v: Vector, turn: ArrayLike<number>): Vector {
  const axis = unit([turn[0] ?? 0, turn[1] ?? 0, turn[2] ?? 0]);
  const angle = turn[3] ?? 0;
  if (!axis || angle === 0) return v;
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const side = cross(axis, v);
  const along = dot(axis, v) * (1 - c);
  return [0, 1, 2].map((k) => v[k]! * c + side[k]! * s + axis[k]! * along) as Vector;
}

function vectors(values: Float64Array): Vector[] {
  return Array.from({ length: Math.floor(values.length / 3) }, (_, i) => [
    values[i * 3]!,
    values[i * 3 + 1]!,
    values[i * 3 + 2]!,
  ]);
}

function subtract(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function unit(v: Vector): Vector | null {
  const length = Math.hypot(...v);
  return length > 1e-12 ? [v[0] / length, v[1] / length, v[2] / length] : null;
}
