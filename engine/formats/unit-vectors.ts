import type { TypedArray } from '@gltf-transform/core';

/**
 * The number that stands for 1 where directions and rotations are stored: 1 in floats, the largest in whole numbers
 * (glTF 2.0, section 3.11, and `KHR_mesh_quantization`). Null for numbers that store neither.
 */
export function oneIn(array: TypedArray): number | null {
  if (array instanceof Float32Array) return 1;
  if (array instanceof Int8Array) return 127;
  if (array instanceof Uint8Array) return 255;
  if (array instanceof Int16Array) return 32767;
  return array instanceof Uint16Array ? 65535 : null;
}

/** The length of `size` numbers from `at` on, in what stands for 1. */
export function lengthAt(array: TypedArray, at: number, size: 3 | 4, one: number): number {
  let square = 0;
  for (let k = at; k < at + size; k++) square += array[k]! * array[k]!;
  return Math.sqrt(square) / one;
}

/**
 * Writes `vector`, scaled to unit length, where its numbers lie in `array`. What rounding to bytes makes of the length
 * is within what the Khronos validator allows, 0.00674 for three numbers and 0.00769 for four.
 *
 * @param one what stands for 1 in `array`
 * @returns false, and nothing is changed, where the vector has no direction
 */
export function storeUnit(array: TypedArray, at: number, one: number, vector: ArrayLike<number>): boolean {
  const numbers = Array.from(vector);
  const length = Math.hypot(...numbers);
  if (!(length > 0) || length === Infinity) return false;
  for (const [k, value] of numbers.entries()) {
    array[at + k] = one === 1 ? value / length : Math.round((value / length) * one);
  }
  return true;
}
