import type { Document, Primitive, TypedArray } from '@gltf-transform/core';
import { floatValues } from '../float-values.ts';
import type { CarriedValues } from '../solids/solid-of-surface.ts';
import { vertexNormals } from '../solids/surface-normals.ts';
import type { WorldSurface } from '../solids/world-surface.ts';

/** An attribute that goes along with vertices, and where its numbers begin. */
interface Carried {
  semantic: string;
  size: number;
  at: number;
}

/** Which attributes of some primitives go along, in one order for all. */
export interface AttributeLayout {
  attributes: Carried[];
  width: number;
  /** Whether all have normals; otherwise they are computed anew afterwards. */
  normals: boolean;
}

const SIZES = { TEXCOORD: 2, COLOR: 4 } as const;

/** The layout that holds the attributes of all primitives: normals where all have some, texture coordinates, colours. */
export function layoutOf(all: readonly Primitive[]): AttributeLayout {
  const primitives = all.filter((primitive) => primitive.getMode() >= 4);
  const normals = primitives.every((primitive) => primitive.getAttribute('NORMAL'));
  const semantics = new Set(
    primitives
      .flatMap((primitive) => primitive.listSemantics())
      .filter((semantic) => /^(TEXCOORD|COLOR)_\d+$/.test(semantic)),
  );
  const attributes: Carried[] = [];
  let width = 0;
  for (const semantic of [...(normals ? ['NORMAL'] : []), ...[...semantics].sort()]) {
    const size = semantic === 'NORMAL' ? 3 : SIZES[semantic.split('_')[0] as keyof typeof SIZES];
    attributes.push({ semantic, size, at: width });
    width += size;
  }
  return { attributes, width, normals };
}

/** The numbers of all vertices of a surface in a layout. What a piece lacks is zero, and one for colours. */
export function carriedValues(surface: WorldSurface, { attributes, width }: AttributeLayout): CarriedValues {
  const values = new Float32Array((surface.positions.length / 3) * width);
  for (const piece of surface.pieces) {
    for (const { semantic, size, at } of attributes) {
      const accessor = piece.primitive.getAttribute(semantic);
      const own = accessor?.getElementSize() ?? 0;
      const from = semantic === 'NORMAL' ? vertexNormals(piece) : accessor && floatValues(accessor, own);
      const count = piece.primitive.getAttribute('POSITION')!.getCount();
      for (let i = 0; i < count; i++) {
        for (let k = 0; k < size; k++) {
          const to = (piece.firstVertex + i) * width + at + k;
          const width2 = semantic === 'NORMAL' ? 3 : own;
          values[to] = from && k < width2 ? from[i * width2 + k]! : semantic.startsWith('COLOR') ? 1 : 0;
        }
      }
    }
  }
  return { width, values };
}

/** Gives a primitive those attributes of a layout that the pieces it came from had. */
export function setCarried(
  document: Document,
  primitive: Primitive,
  source: Primitive,
  { attributes, width }: AttributeLayout,
  values: Float32Array,
): void {
  for (const { semantic, size, at } of attributes) {
    if (!source.getAttribute(semantic)) continue;
    const array = new Float32Array((values.length / width) * size);
    for (let i = 0; i < array.length; i++) array[i] = values[Math.floor(i / size) * width + at + (i % size)]!;
    if (semantic === 'NORMAL') makeUnit(array);
    const accessor = document
      .createAccessor()
      .setType(size === 2 ? 'VEC2' : size === 3 ? 'VEC3' : 'VEC4')
      .setArray(array as TypedArray)
      .setBuffer(document.getRoot().listBuffers()[0] ?? null);
    primitive.setAttribute(semantic, accessor);
  }
}

function makeUnit(vectors: Float32Array): void {
  for (let i = 0; i < vectors.length; i += 3) {
    const [x, y, z] = [vectors[i]!, vectors[i + 1]!, vectors[i + 2]!];
    const length = Math.sqrt(x * x + y * y + z * z);
    vectors.set(length > 1e-12 ? [x / length, y / length, z / length] : [0, 1, 0], i);
  }
}
