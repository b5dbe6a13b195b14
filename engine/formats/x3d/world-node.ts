import { TokenScanner } from '../token-scanner.ts';

/** A node of an X3D or VRML world, whichever way it was written. */
export interface WorldNode {
  type: string;
  /** Its name (`DEF`); empty without. */
  name: string;
  /** Values as they are written, by field. */
  fields: Map<string, Uint8Array>;
  children: WorldNode[];
  /** Whether it is an instance of a prototype, whose kind nobody but the file knows. */
  isPrototype?: boolean;
}

/** An event that goes from a field of one node to a field of another. */
export interface Route {
  from: string;
  fromField: string;
  to: string;
  toField: string;
}

/** A parsed file. */
export interface World {
  nodes: WorldNode[];
  named: ReadonlyMap<string, WorldNode>;
  routes: Route[];
  generator: string | null;
}

/** The numbers of a field; empty where it is missing. NaN for what is none. */
export function numbersOf(node: WorldNode | undefined, field: string): Float64Array {
  const bytes = node?.fields.get(field);
  if (!bytes) return new Float64Array(0);
  const scanner = new TokenScanner(bytes, true);
  const out: number[] = [];
  while (scanner.skipBlanks()) out.push(scanner.number());
  return Float64Array.from(out);
}

/** A field of `length` numbers, or `fallback` where it is missing or not right. */
export function tupleOf(node: WorldNode | undefined, field: string, fallback: number[]): number[] {
  const values = numbersOf(node, field);
  return values.length === fallback.length && values.every(Number.isFinite) ? Array.from(values) : fallback;
}

export function booleanOf(node: WorldNode | undefined, field: string, fallback: boolean): boolean {
  const bytes = node?.fields.get(field);
  if (!bytes) return fallback;
  return /^\s*true/i.test(new TextDecoder().decode(bytes.subarray(0, 16)));
}

/** The strings of a field, quoted or not. */
export function stringsOf(node: WorldNode | undefined, field: string): string[] {
  const bytes = node?.fields.get(field);
  if (!bytes) return [];
  const text = new TextDecoder().decode(bytes.subarray(0, 65_536));
  const quoted = [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((found) => found[1]!.replace(/\\(.)/g, '$1'));
  return quoted.length > 0 ? quoted : text.trim() ? [text.trim()] : [];
}

export function childOf(node: WorldNode | undefined, ...types: string[]): WorldNode | undefined {
  return node?.children.find((candidate) => types.includes(candidate.type));
}
