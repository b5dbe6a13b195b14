import type { PlyProperty, PlyType } from './parse-header.ts';

export type PlyNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** The lists of one property. */
export interface PlyList {
  /** Where each list begins in `values`, and one behind the last. */
  first: Uint32Array;
  values: Int32Array | Float32Array;
}

/** All rows of one element, by property. */
export interface PlyTable {
  name: string;
  count: number;
  columns: Map<string, PlyNumbers>;
  lists: Map<string, PlyList>;
}

export function createColumn(type: PlyType, count: number): PlyNumbers {
  switch (type) {
    case 'int8':
      return new Int8Array(count);
    case 'uint8':
      return new Uint8Array(count);
    case 'int16':
      return new Int16Array(count);
    case 'uint16':
      return new Uint16Array(count);
    case 'int32':
      return new Int32Array(count);
    case 'uint32':
      return new Uint32Array(count);
    case 'float32':
      return new Float32Array(count);
    case 'float64':
      return new Float64Array(count);
  }
}

/** Whether the values of a list are kept as floats. */
export function isFloatList(property: PlyProperty): boolean {
  return property.type === 'float32' || property.type === 'float64';
}
