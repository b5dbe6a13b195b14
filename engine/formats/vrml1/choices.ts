import type { WorldNode } from '../x3d/world-node.ts';

/** The word that a field chooses; empty without. */
export function choiceOf(node: WorldNode | undefined, field: string): string {
  return flagsOf(node, field)[0] ?? '';
}

/** The words of a field that may name several: `(SIDES | TOP)`. */
export function flagsOf(node: WorldNode | undefined, field: string): string[] {
  const bytes = node?.fields.get(field);
  return bytes ? (new TextDecoder().decode(bytes.subarray(0, 1000)).match(/[A-Za-z_]\w*/g) ?? []) : [];
}

/** Whether a field is true, which is also written as 1; `fallback` where it is missing. */
export function truthOf(node: WorldNode | undefined, field: string, fallback: boolean): boolean {
  const bytes = node?.fields.get(field);
  return bytes ? /^\s*(?:true|1)/i.test(new TextDecoder().decode(bytes.subarray(0, 16))) : fallback;
}
