import type { WorldNode } from '../x3d/world-node.ts';

/** Fields of so many bytes together are compared; larger ones are taken for different. */
const MOST_COMPARED = 500;

/**
 * Numbers for nodes: equal for one that is used in several places, and for small ones that say the same. Worlds repeat
 * themselves, since a node holds for what follows it alone: what is made of equal nodes is made once.
 */
export class NodeNumbers {
  private readonly known = new Map<WorldNode | string, number>();
  private readonly numbers = new Map<WorldNode, number>();

  /** -1 for none. */
  of(node: WorldNode | undefined): number {
    if (!node) return -1;
    const before = this.numbers.get(node);
    if (before !== undefined) return before;
    const key = contentOf(node) ?? node;
    const number = this.known.get(key) ?? this.known.size;
    this.known.set(key, number);
    this.numbers.set(node, number);
    return number;
  }
}

/** All that a node says, as text; null for a large one and one with nodes inside. */
function contentOf({ type, name, fields, children }: WorldNode): string | null {
  if (children.length > 0) return null;
  let bytes = 0;
  for (const value of fields.values()) bytes += value.length;
  if (bytes > MOST_COMPARED) return null;
  const decoder = new TextDecoder('latin1');
  return JSON.stringify([type, name, ...[...fields].map(([field, value]) => [field, decoder.decode(value)])]);
}
