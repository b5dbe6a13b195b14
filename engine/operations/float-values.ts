import type { Accessor } from '@gltf-transform/core';

/** The values of an accessor as floats, dequantised, the first `components` of each element; always a copy. */
export function floatValues(accessor: Accessor, components: number): Float32Array<ArrayBuffer> {
  const values = readFloats(accessor, components);
  return values === accessor.getArray() ? new Float32Array(values) : values;
}

/** The same, not to be changed: of an accessor that holds just that, its own array. */
export function readFloats(accessor: Accessor, components: number): Float32Array<ArrayBuffer> {
  const count = accessor.getCount();
  const array = accessor.getArray();
  const size = accessor.getElementSize();
  if (array instanceof Float32Array && size === components) return array;
  const out = new Float32Array(count * components);
  const element: number[] = [];
  for (let i = 0; i < count; i++) {
    accessor.getElement(i, element);
    for (let k = 0; k < components; k++) out[i * components + k] = element[k] ?? 0;
  }
  return out;
}
