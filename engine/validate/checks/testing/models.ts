import type { Document, Primitive } from '@gltf-transform/core';
import type { CheckCode } from '#contracts/model/check-codes.ts';
import { documentOf, plate, type Shape } from '../../../operations/testing/shapes.ts';
import { Pointers } from '../pointers.ts';
import { checkModel, checkSource } from '../run-checks.ts';

/** The corners of a cube of side 1. */
export const CORNERS = [0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1];

/** The triangles of a cube, all facing outwards. */
export const FACES = [
  0, 2, 1, 0, 3, 2, 4, 5, 6, 4, 6, 7, 0, 1, 5, 0, 5, 4, 1, 2, 6, 1, 6, 5, 2, 3, 7, 2, 7, 6, 3, 0, 4, 3, 4, 7,
];

/** A cube of side 1. */
export const CUBE: Shape = { positions: CORNERS, indices: FACES };

/** A cube with other triangles, shifted and scaled. */
export function cube(indices: number[] = FACES, shift = 0, scale = 1): Shape {
  return { positions: CORNERS.map((value) => value * scale + shift), indices };
}

/** Several shapes as one, with no position in common unless they touch. */
export function joined(...shapes: Shape[]): Shape {
  const out: Shape = { positions: [], indices: [] };
  for (const { positions, indices } of shapes) {
    const first = out.positions.length / 3;
    out.indices.push(...indices.map((index) => index + first));
    out.positions.push(...positions);
  }
  return out;
}

/** The same triangles the other way round. */
export const flipped = (indices: number[]) =>
  indices.map((_, i) => indices[i % 3 === 0 ? i : i % 3 === 1 ? i + 1 : i - 1]!);

/** What a check finds in a document. */
export function outcome(document: Document, code: CheckCode) {
  const pointers = new Pointers(document);
  const outcomes = [...checkSource(document, pointers), ...checkModel(document, pointers).outcomes];
  return outcomes.find((item) => item.code === code)!;
}

/** The number that a check measures. */
export const valueIn = (document: Document, code: CheckCode) => outcome(document, code).value;

/** The same on a shape alone. */
export const valueOn = (shape: Shape, code: CheckCode) => valueIn(documentOf(shape), code);

/** The first primitive of a document. */
export const primitiveOf = (document: Document): Primitive => document.getRoot().listMeshes()[0]!.listPrimitives()[0]!;

/** Sets an attribute of the first primitive. */
export function setAttribute(
  document: Document,
  semantic: string,
  type: 'VEC2' | 'VEC3' | 'VEC4',
  values: number[],
): void {
  const buffer = document.getRoot().listBuffers()[0]!;
  const accessor = document.createAccessor().setType(type).setArray(new Float32Array(values)).setBuffer(buffer);
  primitiveOf(document).setAttribute(semantic, accessor);
}

/** A PNG of the given size, as far as its headers. */
export function png(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(45);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  // An IDAT chunk of no bytes: without any, no picture would begin.
  view.setUint32(37, 0x49444154);
  return bytes;
}

/** A quad from (0, 0) to (1, 1) in x and z with a texture, whose coordinates are its positions. */
export function texturedQuad(width: number, height: number): Document {
  const document = documentOf(plate(1, 1));
  const material = document.createMaterial('paint');
  material.setBaseColorTexture(document.createTexture('wood').setImage(png(width, height)).setMimeType('image/png'));
  primitiveOf(document).setMaterial(material);
  setAttribute(document, 'TEXCOORD_0', 'VEC2', [0, 0, 1, 0, 0, 1, 1, 1]);
  return document;
}
