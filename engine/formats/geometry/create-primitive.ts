import type { Accessor, Document, Material, Primitive, TypedArray } from '@gltf-transform/core';

/** A mesh, lines or points in flat arrays. */
export interface PrimitiveData {
  /** Three for each vertex, in metres with +Y up (or whatever the node above converts from). */
  positions: Float32Array;
  normals?: Float32Array | null;
  /** Four for each vertex: linear red, green, blue and alpha, 65535 for one. */
  colors?: Uint16Array | null;
  /** Two for each vertex, v pointing down as in glTF. */
  texcoords?: Float32Array | null;
  /** Null for a list without indices. */
  indices?: Uint32Array | null;
  material?: Material | null;
  /** Further scalars, by their names in upper case; they become application-specific attributes (`_NAME`). */
  scalars?: Map<string, Float32Array>;
  /** 0 points, 1 lines, 4 triangles (glTF 2.0, section 5.24.4). */
  mode?: 0 | 1 | 4;
}

/** Makes a glTF primitive of flat arrays. Indices become 16-bit where they fit. */
export function createPrimitive(document: Document, data: PrimitiveData): Primitive {
  const buffer = document.getRoot().listBuffers()[0] ?? document.createBuffer();
  // The engine never makes arrays over shared memory, which is what the cast excludes.
  const accessor = (
    type: 'SCALAR' | 'VEC2' | 'VEC3' | 'VEC4',
    array: Float32Array | Uint16Array | Uint32Array,
  ): Accessor =>
    document
      .createAccessor()
      .setType(type)
      .setArray(array as TypedArray)
      .setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setMode(data.mode ?? 4)
    .setAttribute('POSITION', accessor('VEC3', data.positions));
  if (data.normals) primitive.setAttribute('NORMAL', accessor('VEC3', data.normals));
  if (data.texcoords) primitive.setAttribute('TEXCOORD_0', accessor('VEC2', data.texcoords));
  if (data.colors) primitive.setAttribute('COLOR_0', accessor('VEC4', data.colors).setNormalized(true));
  for (const [name, values] of data.scalars ?? []) primitive.setAttribute(`_${name}`, accessor('SCALAR', values));
  if (data.indices) {
    const small = data.positions.length / 3 <= 0xffff;
    primitive.setIndices(accessor('SCALAR', small ? Uint16Array.from(data.indices) : data.indices));
  }
  if (data.material) primitive.setMaterial(data.material);
  return primitive;
}

/** Rows of `array`, `width` numbers each, in the order that `source` says. */
export function gather<T extends Float32Array | Uint16Array>(array: T, width: number, source: Uint32Array): T {
  const out = new (array.constructor as new (length: number) => T)(source.length * width);
  for (let i = 0; i < source.length; i++) {
    const from = source[i]! * width;
    for (let k = 0; k < width; k++) out[i * width + k] = array[from + k]!;
  }
  return out;
}
