import type { Document, Material, Mesh, Primitive, TypedArray } from '@gltf-transform/core';
import { srgbToLinear } from '../geometry/color.ts';
import { createPrimitive } from '../geometry/create-primitive.ts';
import { shadeVertices } from '../geometry/shade-vertices.ts';
import { TupleIndex } from '../geometry/tuple-index.ts';
import type { DaeTarget } from './read-morph.ts';
import type { DaeInput, DaePolygons } from './read-polygons.ts';

/** Joints and weights of each position. */
export interface PositionWeights {
  /** How many each position has: 4 or 8. */
  width: number;
  joints: Uint16Array;
  weights: Float32Array;
}

/** Makes a glTF mesh of the primitives of a geometry. */
export function buildMesh(
  document: Document,
  name: string,
  parts: readonly DaePolygons[],
  materialOf: (symbol: string, hasColors: boolean) => Material,
  skin: PositionWeights | null,
  targets: readonly DaeTarget[] = [],
): { mesh: Mesh; generatedNormals: number } {
  const mesh = document.createMesh(name);
  let generatedNormals = 0;
  for (const part of parts) {
    if (part.elements.length === 0) continue;
    const built = buildPrimitive(document, part, materialOf, skin, targets);
    generatedNormals += built.generatedNormals;
    mesh.addPrimitive(built.primitive);
  }
  return { mesh, generatedNormals };
}

function buildPrimitive(
  document: Document,
  part: DaePolygons,
  materialOf: (symbol: string, hasColors: boolean) => Material,
  skin: PositionWeights | null,
  targets: readonly DaeTarget[],
): { primitive: Primitive; generatedNormals: number } {
  const { corners, width, elements } = part;
  const input = (semantic: string): DaeInput | undefined =>
    part.inputs.filter((candidate) => candidate.semantic === semantic).sort((a, b) => a.set - b.set)[0];
  const position = input('POSITION')!;
  const normal = input('NORMAL');
  const texcoord = input('TEXCOORD');
  const color = input('COLOR');
  const at = (element: number, source: DaeInput | undefined): number =>
    source ? corners[elements[element]! * width + source.offset]! : -1;
  const shaded =
    part.mode === 4 && !normal
      ? shadeVertices(
          packed(position),
          Uint32Array.from(elements, (_, i) => at(i, position)),
          part.creaseAngle === undefined ? {} : { creaseAngle: part.creaseAngle },
        )
      : null;
  const tuples = new TupleIndex(4, elements.length >> 1);
  const tuple = [0, 0, 0, 0];
  const indices = new Uint32Array(elements.length);
  for (let i = 0; i < elements.length; i++) {
    tuple[0] = at(i, position);
    tuple[1] = shaded ? shaded.indices[i]! : at(i, normal);
    tuple[2] = at(i, texcoord);
    tuple[3] = at(i, color);
    indices[i] = tuples.add(tuple);
  }
  const points = tuples.column(0);
  const colors = color ? readColors(color, tuples.column(3)) : null;
  const primitive = createPrimitive(document, {
    positions: pick(position, points, 3),
    normals: shaded ? pickArray(shaded.normals, tuples.column(1)) : normal ? pick(normal, tuples.column(1), 3) : null,
    texcoords: texcoord ? flipV(pick(texcoord, tuples.column(2), 2)) : null,
    colors,
    indices,
    material: materialOf(part.material, colors !== null),
    mode: part.mode,
  });
  if (skin) attachSkin(document, primitive, skin, points);
  const buffer = document.getRoot().listBuffers()[0]!;
  for (const { name, offsets } of targets) {
    const moved = new Float32Array(points.length * 3);
    for (let i = 0; i < points.length; i++)
      for (let k = 0; k < 3; k++) moved[i * 3 + k] = offsets[points[i]! * 3 + k] ?? 0;
    const accessor = document.createAccessor().setType('VEC3').setArray(moved).setBuffer(buffer);
    primitive.addTarget(document.createPrimitiveTarget(name).setAttribute('POSITION', accessor));
  }
  return { primitive, generatedNormals: shaded ? points.length : 0 };
}

function attachSkin(document: Document, primitive: Primitive, skin: PositionWeights, points: Uint32Array): void {
  const buffer = document.getRoot().listBuffers()[0]!;
  const accessor = (array: TypedArray) => document.createAccessor().setType('VEC4').setArray(array).setBuffer(buffer);
  for (let set = 0; set * 4 < skin.width; set++) {
    const joints = new Uint16Array(points.length * 4);
    const weights = new Float32Array(points.length * 4);
    for (let i = 0; i < points.length; i++) {
      for (let k = 0; k < 4; k++) {
        const from = points[i]! * skin.width + set * 4 + k;
        joints[i * 4 + k] = skin.joints[from] ?? 0;
        weights[i * 4 + k] = skin.weights[from] ?? 0;
      }
    }
    primitive.setAttribute(`JOINTS_${set}`, accessor(joints)).setAttribute(`WEIGHTS_${set}`, accessor(weights));
  }
}

function packed(input: DaeInput): Float32Array {
  return pick(
    input,
    Uint32Array.from({ length: input.count }, (_, i) => i),
    3,
  );
}

/** -1 (as unsigned) stands for "none" and becomes zeros. */
function pick({ values, stride, start }: DaeInput, indices: Uint32Array, width: number): Float32Array {
  const out = new Float32Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const from = start + indices[i]! * stride;
    for (let k = 0; k < Math.min(width, stride); k++) out[i * width + k] = values[from + k] ?? 0;
  }
  return out;
}

function pickArray(values: Float32Array, indices: Uint32Array): Float32Array {
  const out = new Float32Array(indices.length * 3);
  for (let i = 0; i < indices.length; i++) for (let k = 0; k < 3; k++) out[i * 3 + k] = values[indices[i]! * 3 + k]!;
  return out;
}

function flipV(texcoords: Float32Array): Float32Array {
  for (let i = 1; i < texcoords.length; i += 2) texcoords[i] = 1 - texcoords[i]!;
  return texcoords;
}

function readColors(input: DaeInput, indices: Uint32Array): Uint16Array {
  const values = pick(input, indices, 4);
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = i % 4 === 3 ? (input.stride > 3 ? values[i]! : 1) : srgbToLinear(values[i]!);
    out[i] = Math.round(Math.min(1, Math.max(0, value || 0)) * 65535);
  }
  return out;
}
