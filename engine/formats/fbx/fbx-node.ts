/** A list of numbers that is decoded when it is asked for: most files hold many that nobody needs. */
export interface FbxArray {
  /** Numbers that the file declares. */
  readonly count: number;
  /** @throws MaquetteError `model_malformed` when fewer numbers are there than declared, `model_too_large` */
  float64(): Float64Array;
  /** As 32-bit integers; fractions are cut off. @throws as `float64` */
  int32(): Int32Array;
}

/** A value of a node: a number (64-bit integers beyond 2^53 as `bigint`), a text, raw bytes, or a list of numbers. */
export type FbxValue = number | bigint | string | Uint8Array | FbxArray;

/** A node of the tree that both the binary and the text form describe. */
export interface FbxNode {
  name: string;
  values: FbxValue[];
  children: FbxNode[];
  /** Where it stands, for messages: `byte 1,234` or `line 56`. */
  place: string;
}

/** The tree of a file. */
export interface FbxTree {
  /** 7400 for FBX 7.4. */
  version: number;
  nodes: FbxNode[];
}

export function isArray(value: FbxValue | undefined): value is FbxArray {
  return typeof value === 'object' && !(value instanceof Uint8Array);
}

/** Numbers that were decoded already. */
export function arrayOf(numbers: Float64Array | Int32Array): FbxArray {
  return {
    count: numbers.length,
    float64: () => (numbers instanceof Float64Array ? numbers : Float64Array.from(numbers)),
    int32: () => (numbers instanceof Int32Array ? numbers : Int32Array.from(numbers)),
  };
}

/** The first child of that name. */
export function child(node: FbxNode | undefined, name: string): FbxNode | undefined {
  return node?.children.find((candidate) => candidate.name === name);
}

/** All children of that name. */
export function children(node: FbxNode | undefined, name: string): FbxNode[] {
  return node ? node.children.filter((candidate) => candidate.name === name) : [];
}

/** Value `index` as a text, without the class that binary (`name\0\x01Class`) and text files (`Class::name`) add. */
export function textAt(node: FbxNode | undefined, index: number): string {
  const value = node?.values[index];
  return typeof value === 'string' ? value : '';
}

/** Value `index` as a number; `undefined` where it is none. One-letter texts stand for flags: `T`, `Y`, `F`, … */
export function numberAt(node: FbxNode | undefined, index: number): number | undefined {
  return toNumber(node?.values[index]);
}

export function toNumber(value: FbxValue | undefined): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (value === 'T' || value === 'Y' || value === 'W') return 1;
  if (value === 'F' || value === 'N') return 0;
  return undefined;
}

/** How many numbers the node lists, either as one array (from 7.0 on) or as single values (before). */
export function countOf(node: FbxNode | undefined): number {
  if (!node) return 0;
  const first = node.values[0];
  return isArray(first) ? first.count : node.values.length;
}

/** The numbers that the node lists; empty without the node. */
export function floatsOf(node: FbxNode | undefined): Float64Array {
  if (!node) return new Float64Array(0);
  const first = node.values[0];
  if (isArray(first)) return first.float64();
  return Float64Array.from(node.values, (value) => toNumber(value) ?? Number.NaN);
}

/** The integers that the node lists; empty without the node. */
export function integersOf(node: FbxNode | undefined): Int32Array {
  if (!node) return new Int32Array(0);
  const first = node.values[0];
  if (isArray(first)) return first.int32();
  return Int32Array.from(node.values, (value) => toNumber(value) ?? 0);
}

/** An object name and class: `Model::Cube` in text files, `Cube\0\x01Model` in binary ones. */
export function splitName(text: string): { name: string; type: string } {
  const binary = text.indexOf('\0\x01');
  if (binary >= 0) return { name: text.slice(0, binary), type: text.slice(binary + 2) };
  const separator = text.indexOf('::');
  if (separator >= 0) return { name: text.slice(separator + 2), type: text.slice(0, separator) };
  return { name: text, type: '' };
}
