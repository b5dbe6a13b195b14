import type { Document, Primitive } from '@gltf-transform/core';
import { createPrimitive, type ObjPlacement } from './build-primitive.ts';
import type { ObjData, ObjRange } from './parse-obj.ts';

/** Below this many vertices, indices of two bytes and copies are better than what is saved here. */
const FEWEST = 65_536;

/**
 * Makes the only primitive of a file out of the arrays that were parsed, where they are what glTF wants: triangles
 * alone, one number for position, texture coordinate and normal at every corner, and no vertex left over. A large model
 * takes a sixth less memory so. The data is of no more use afterwards.
 *
 * @param normals as `generateNormals` gave them
 * @returns null where the file is another, and nothing has changed
 */
export function primitiveInPlace(
  document: Document,
  data: ObjData,
  normals: Float32Array,
  ranges: readonly ObjRange[],
  { origin, scale }: ObjPlacement,
): Primitive | null {
  const { positions, texcoords, table, corners, colors } = data;
  const count = positions.length / 3;
  if (count < FEWEST || colors || !table.isPlain || normals.length !== positions.length) return null;
  const hasTexcoords = table.texcoordOf(0) >= 0;
  if (table.normalOf(0) < 0 || (hasTexcoords && texcoords.length !== count * 2)) return null;
  if (!isAllTriangles(data, ranges) || !usesAll(corners, count)) return null;
  const small = new Float32Array(positions.buffer as ArrayBuffer, positions.byteOffset, positions.length);
  // Each number is written where one was that has been read: half as far from the start.
  for (let i = 0; i < positions.length; i++) small[i] = (positions[i]! - origin[i % 3]!) * scale;
  // With v pointing down, as glTF has it.
  for (let i = 1; hasTexcoords && i < texcoords.length; i += 2) texcoords[i] = 1 - texcoords[i]!;
  return createPrimitive(document, {
    positions: small,
    normals,
    texcoords: hasTexcoords ? texcoords : null,
    colors: null,
    indices: new Uint32Array(corners.buffer, corners.byteOffset, corners.length),
  });
}

function isAllTriangles({ corners, elements }: ObjData, ranges: readonly ObjRange[]): boolean {
  const faces = ranges.reduce((sum, { kind, start, end }) => sum + (kind === 'face' ? end - start : 0), 0);
  return faces === elements.length && corners.length === faces * 3;
}

function usesAll(corners: Int32Array, count: number): boolean {
  const used = new Uint8Array(count);
  let left = count;
  for (let i = 0; i < corners.length; i++) {
    const vertex = corners[i]!;
    if (used[vertex] === 0) left--;
    used[vertex] = 1;
  }
  return left === 0;
}
