import { Accessor, type Document, type Material, Primitive, type TypedArray } from '@gltf-transform/core';
import { lineIndices, sequence, triangleIndices } from '../../describe/triangle-indices.ts';
import type { Affine } from '../../render/matrix.ts';
import { readFloats } from '../float-values.ts';
import { MOST_SHORT, sameArray } from '../rebuild-vertices.ts';
import { isMirroring, transformVertices } from './transform-vertices.ts';

/** A primitive that becomes a part of another. */
export interface JoinedPart {
  primitive: Primitive;
  /** From its space to that of the other; null where they are the same. */
  matrix: Affine | null;
}

/** What a transform changes. It is joined as floats, however it is stored. */
const PLACED: ReadonlySet<string> = new Set(['POSITION', 'NORMAL', 'TANGENT']);

const { POINTS, LINES, TRIANGLES } = Primitive.Mode;

/**
 * Says which primitives can be joined: those with the same key, which tells their material, whether they draw points,
 * lines or triangles, and how their vertices are laid out. Null for what stays by itself: morph targets, extensions of
 * a primitive (splats, variants of materials), and materials whose depth is told in local units.
 *
 * @param materials each material of the document with a number
 */
export function joinKey(primitive: Primitive, materials: ReadonlyMap<Material, number>): string | null {
  if (primitive.listTargets().length > 0 || primitive.listExtensions().length > 0) return null;
  if (!primitive.getAttribute('POSITION')) return null;
  const material = primitive.getMaterial();
  if (material?.getExtension('KHR_materials_volume')) return null;
  const attributes = primitive
    .listSemantics()
    .sort()
    .map((semantic) => layoutOf(primitive, semantic));
  return [material ? materials.get(material) : '', listMode(primitive), ...attributes].join(' ');
}

function layoutOf(primitive: Primitive, semantic: string): string {
  const attribute = primitive.getAttribute(semantic)!;
  if (PLACED.has(semantic)) return semantic;
  return `${semantic}:${attribute.getType()}:${attribute.getComponentType()}:${attribute.getNormalized()}`;
}

/** Of separate elements, whatever the primitive is made of. */
function listMode(primitive: Primitive): ReturnType<Primitive['getMode']> {
  const mode = primitive.getMode();
  if (mode === POINTS) return POINTS;
  return mode < TRIANGLES ? LINES : TRIANGLES;
}

/**
 * Makes one indexed primitive of several with the same `joinKey`: points, lines or triangles one after the other, in
 * the space of the first, without vertices that nothing uses. What mirrored parts have is turned, so that they face the
 * same way as before. The parts stay as they are.
 */
export function joinPrimitives(document: Document, parts: readonly JoinedPart[]): Primitive {
  const first = parts[0]!.primitive;
  const mode = listMode(first);
  const used = parts.map(({ primitive }) => usedVertices(primitive, mode));
  const vertices = used.reduce((sum, { count }) => sum + count, 0);
  const buffer = first.getAttribute('POSITION')!.getBuffer();
  const joined = document.createPrimitive().setMode(mode).setMaterial(first.getMaterial());
  for (const semantic of first.listSemantics()) {
    const like = first.getAttribute(semantic)!;
    const isPlaced = PLACED.has(semantic);
    const accessor = document
      .createAccessor(like.getName())
      .setType(like.getType())
      .setArray(joinAttribute(parts, used, semantic, vertices))
      .setNormalized(!isPlaced && like.getNormalized())
      .setBuffer(buffer);
    joined.setAttribute(semantic, accessor);
  }
  const indices = joinIndices(parts, used, vertices, mode);
  return joined.setIndices(document.createAccessor().setType(Accessor.Type.SCALAR).setArray(indices).setBuffer(buffer));
}

/** The vertices of a primitive that it draws. */
interface UsedVertices {
  /** As separate elements. */
  indices: ArrayLike<number>;
  count: number;
  /** 1 for each vertex that is used; null where all are. */
  marks: Uint8Array | null;
}

function usedVertices(primitive: Primitive, mode: number): UsedVertices {
  const all = primitive.getAttribute('POSITION')!.getCount();
  const stored = primitive.getIndices()?.getArray();
  const listed =
    mode === TRIANGLES ? triangleIndices(primitive)! : lineIndices(primitive.getMode(), stored ?? sequence(all));
  if (!stored) return { indices: listed, count: all, marks: null };
  const marks = new Uint8Array(all);
  let count = 0;
  for (let i = 0; i < stored.length; i++) {
    const vertex = stored[i]!;
    count += 1 - marks[vertex]!;
    marks[vertex] = 1;
  }
  return { indices: listed, count, marks: count === all ? null : marks };
}

function joinAttribute(
  parts: readonly JoinedPart[],
  used: readonly UsedVertices[],
  semantic: string,
  vertices: number,
): TypedArray {
  const like = parts[0]!.primitive.getAttribute(semantic)!;
  const size = like.getElementSize();
  const isPlaced = PLACED.has(semantic);
  const out = isPlaced ? new Float32Array(vertices * size) : sameArray(like.getArray()!, vertices * size);
  let at = 0;
  for (const [index, { primitive, matrix }] of parts.entries()) {
    const accessor = primitive.getAttribute(semantic)!;
    const values = isPlaced ? readFloats(accessor, size) : accessor.getArray()!;
    const end = at + used[index]!.count * size;
    copyUsed(values, used[index]!, size, out, at);
    if (isPlaced && matrix) transformVertices(out.subarray(at, end) as Float32Array, semantic, matrix);
    at = end;
  }
  return out;
}

function copyUsed(values: TypedArray, { count, marks }: UsedVertices, size: number, out: TypedArray, to: number): void {
  if (!marks) {
    out.set(values.subarray(0, count * size), to);
    return;
  }
  let at = to;
  for (let vertex = 0; vertex < marks.length; vertex++) {
    if (marks[vertex] === 0) continue;
    for (let k = vertex * size; k < (vertex + 1) * size; k++) out[at++] = values[k]!;
  }
}

function joinIndices(
  parts: readonly JoinedPart[],
  used: readonly UsedVertices[],
  vertices: number,
  mode: number,
): TypedArray {
  const length = used.reduce((sum, { indices }) => sum + indices.length, 0);
  const out = vertices <= MOST_SHORT ? new Uint16Array(length) : new Uint32Array(length);
  let at = 0;
  let first = 0;
  for (const [part, { matrix }] of parts.entries()) {
    const { indices, count, marks } = used[part]!;
    const numbers = marks && numbersOf(marks);
    for (let i = 0; i < indices.length; i++) out[at + i] = first + (numbers ? numbers[indices[i]!]! : indices[i]!);
    if (mode === TRIANGLES && matrix && isMirroring(matrix)) turnTriangles(out.subarray(at, at + indices.length));
    at += indices.length;
    first += count;
  }
  return out;
}

/** The place of each used vertex among the used. */
function numbersOf(marks: Uint8Array): Uint32Array {
  const numbers = new Uint32Array(marks.length);
  let number = 0;
  for (let vertex = 0; vertex < marks.length; vertex++) if (marks[vertex] === 1) numbers[vertex] = number++;
  return numbers;
}

function turnTriangles(indices: TypedArray): void {
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const corner = indices[i]!;
    indices[i] = indices[i + 2]!;
    indices[i + 2] = corner;
  }
}
