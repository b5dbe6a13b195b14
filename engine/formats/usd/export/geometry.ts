import type { Accessor, Primitive } from '@gltf-transform/core';
import { floatsOf } from '../../../render/accessor-floats.ts';
import {
  forEachPoint,
  forEachSegment,
  forEachTriangle,
  MODE,
  pointCount,
  segmentCount,
  triangleCount,
} from '../../../render/triangles.ts';
import type { UsdPrim } from '../usd-layer.ts';
import { coordinatesName } from './preview-surface.ts';

/** What a primitive becomes. */
export type ShapeType = 'Mesh' | 'Points' | 'BasisCurves';

export function shapeTypeOf(primitive: Primitive): ShapeType {
  const mode = primitive.getMode();
  if (mode === MODE.POINTS) return 'Points';
  return mode < MODE.TRIANGLES ? 'BasisCurves' : 'Mesh';
}

/** Whether there is anything to write. */
export function isDrawn(primitive: Primitive): boolean {
  if (!primitive.getAttribute('POSITION')) return false;
  switch (shapeTypeOf(primitive)) {
    case 'Mesh':
      return triangleCount(primitive) > 0;
    case 'BasisCurves':
      return segmentCount(primitive) > 0;
    case 'Points':
      return pointCount(primitive) > 0;
  }
}

/** Linear colours of the vertices times a factor, three numbers each; null where there are none or all are white. */
export function displayColors(primitive: Primitive, factor: readonly number[]): Float32Array | null {
  const accessor = primitive.getAttribute('COLOR_0');
  if (!accessor) return null;
  const values = floatsOf(accessor);
  const width = accessor.getElementSize();
  const count = accessor.getCount();
  const out = new Float32Array(count * 3);
  let isWhite = true;
  for (let i = 0; i < count; i++)
    for (let k = 0; k < 3; k++) {
      const value = values[i * width + k]!;
      if (value < 1) isWhite = false;
      out[i * 3 + k] = value * factor[k]!;
    }
  return isWhite ? null : out;
}

/**
 * Fills a prim of the type that `shapeTypeOf` says with a primitive's shape: points, faces, normals, every set of
 * texture coordinates (upside down, as USD has them).
 *
 * @param colors the `displayColor` of each vertex
 * @param width of points and lines, in the unit of the prim
 */
export function writeShape(
  prim: UsdPrim,
  primitive: Primitive,
  colors: Float32Array | null,
  doubleSided: boolean,
  width: number,
): void {
  const position = primitive.getAttribute('POSITION')!;
  const points = floatsOf(position);
  prim.attribute('extent', 'float3[]', extentOf(points));
  switch (shapeTypeOf(primitive)) {
    case 'Mesh':
      writeFaces(prim, primitive, points, doubleSided);
      writeCoordinates(prim, primitive);
      break;
    case 'BasisCurves':
      writeLines(prim, primitive, points, colors, width);
      return;
    case 'Points':
      writePoints(prim, primitive, points, colors, width);
      return;
  }
  if (colors) prim.attribute('primvars:displayColor', 'color3f[]', colors, { interpolation: 'vertex' });
}

function writeFaces(prim: UsdPrim, primitive: Primitive, points: Float32Array, doubleSided: boolean): void {
  const triangles = triangleCount(primitive);
  const corners = new Int32Array(triangles * 3);
  let at = 0;
  forEachTriangle(primitive, (a, b, c) => {
    corners[at++] = a;
    corners[at++] = b;
    corners[at++] = c;
  });
  prim
    .attribute('faceVertexCounts', 'int[]', new Int32Array(triangles).fill(3))
    .attribute('faceVertexIndices', 'int[]', corners)
    .attribute('points', 'point3f[]', points)
    .attribute('subdivisionScheme', 'token', 'none', { uniform: true });
  if (doubleSided) prim.attribute('doubleSided', 'bool', true, { uniform: true });
  const normal = primitive.getAttribute('NORMAL');
  if (normal) prim.attribute('normals', 'normal3f[]', floatsOf(normal), { interpolation: 'vertex' });
}

function writeCoordinates(prim: UsdPrim, primitive: Primitive): void {
  for (let set = 0; ; set++) {
    const accessor = primitive.getAttribute(`TEXCOORD_${set}`);
    if (!accessor) return;
    const flipped = floatsOf(accessor).slice();
    for (let i = 1; i < flipped.length; i += 2) flipped[i] = 1 - flipped[i]!;
    prim.attribute(`primvars:${coordinatesName(set)}`, 'texCoord2f[]', flipped, { interpolation: 'vertex' });
  }
}

function writeLines(
  prim: UsdPrim,
  primitive: Primitive,
  points: Float32Array,
  colors: Float32Array | null,
  width: number,
): void {
  const ends: number[] = [];
  forEachSegment(primitive, (a, b) => ends.push(a, b));
  prim
    .attribute('type', 'token', 'linear', { uniform: true })
    .attribute('curveVertexCounts', 'int[]', new Int32Array(ends.length / 2).fill(2))
    .attribute('points', 'point3f[]', pick(points, ends))
    .attribute('widths', 'float[]', [width], { interpolation: 'constant' });
  if (colors) prim.attribute('primvars:displayColor', 'color3f[]', pick(colors, ends), { interpolation: 'vertex' });
}

function writePoints(
  prim: UsdPrim,
  primitive: Primitive,
  points: Float32Array,
  colors: Float32Array | null,
  width: number,
): void {
  const used: number[] = [];
  forEachPoint(primitive, (a) => used.push(a));
  prim
    .attribute('points', 'point3f[]', pick(points, used))
    .attribute('widths', 'float[]', [width], { interpolation: 'constant' });
  if (colors) prim.attribute('primvars:displayColor', 'color3f[]', pick(colors, used), { interpolation: 'vertex' });
}

function pick(values: Float32Array, indices: readonly number[]): Float32Array {
  const out = new Float32Array(indices.length * 3);
  for (const [i, index] of indices.entries()) for (let k = 0; k < 3; k++) out[i * 3 + k] = values[index * 3 + k]!;
  return out;
}

/** The least and the greatest corner of points. */
export function extentOf(points: ArrayLike<number>): number[] {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    const value = points[i]!;
    if (value < min[i % 3]!) min[i % 3] = value;
    if (value > max[i % 3]!) max[i % 3] = value;
  }
  return [...min, ...max];
}

/** Joints and weights of the vertices. */
export interface Influences {
  /** Numbers of each a vertex. */
  size: number;
  joints: Int32Array;
  weights: Float32Array;
}

/**
 * Joints and weights of all sets of a skinned primitive side by side, with weights that add up to 1.
 *
 * @param numbers by the number of a joint in the skin, its number in the skeleton
 */
export function influencesOf(primitive: Primitive, numbers: readonly number[]): Influences | null {
  const sets: [joints: Accessor, weights: Accessor][] = [];
  for (let set = 0; ; set++) {
    const joints = primitive.getAttribute(`JOINTS_${set}`);
    const weights = primitive.getAttribute(`WEIGHTS_${set}`);
    if (!joints || !weights) break;
    sets.push([joints, weights]);
  }
  const count = primitive.getAttribute('POSITION')!.getCount();
  if (sets.length === 0) return null;
  const size = sets.length * 4;
  const out: Influences = { size, joints: new Int32Array(count * size), weights: new Float32Array(count * size) };
  for (const [set, [jointAccessor, weightAccessor]] of sets.entries()) {
    const joints = jointAccessor.getArray()!;
    const weights = floatsOf(weightAccessor);
    for (let i = 0; i < count; i++)
      for (let k = 0; k < 4; k++) {
        const weight = weights[i * 4 + k]!;
        if (!(weight > 0)) continue;
        out.weights[i * size + set * 4 + k] = weight;
        out.joints[i * size + set * 4 + k] = numbers[joints[i * 4 + k]!] ?? 0;
      }
  }
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = 0; k < size; k++) sum += out.weights[i * size + k]!;
    for (let k = 0; k < size; k++) {
      if (sum > 0) out.weights[i * size + k]! /= sum;
      else if (k === 0) out.weights[i * size] = 1;
    }
  }
  return out;
}
