import type { Accessor } from '@gltf-transform/core';

/** Divisors of normalised integers (glTF 2.0, 3.6.2.2). */
const DIVISOR: Record<string, number> = {
  Int8Array: 127,
  Uint8Array: 255,
  Int16Array: 32767,
  Uint16Array: 65535,
};

/** All numbers of an accessor as floats; normalised integers are mapped to [0, 1] or [−1, 1]. Floats are not copied. */
export function floatsOf(accessor: Accessor): Float32Array {
  const array = accessor.getArray();
  if (array === null) return new Float32Array(0);
  if (array instanceof Float32Array) return array;
  const out = new Float32Array(array);
  const divisor = accessor.getNormalized() ? DIVISOR[array.constructor.name] : undefined;
  if (divisor !== undefined) for (let i = 0; i < out.length; i++) out[i] = Math.max(out[i]! / divisor, -1);
  return out;
}
