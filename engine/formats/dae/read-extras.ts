import { childrenOf, textOf, type XmlElement } from '../xml/xml-tree.ts';

const MAX_ENTRIES = 64;
const MAX_TEXT = 2000;

/** What programs put into `<extra>` of an element: the single texts in it by their names; null for none. */
export function readExtras(element: XmlElement): Record<string, string> | null {
  const out: Record<string, string> = {};
  let count = 0;
  for (const extra of childrenOf(element, 'extra')) {
    for (const technique of childrenOf(extra, 'technique')) {
      for (const entry of technique.children) {
        const text = entry.children.length === 0 ? textOf(entry).slice(0, MAX_TEXT) : '';
        if (text === '' || count++ >= MAX_ENTRIES) continue;
        out[entry.attributes.get('sid') ?? entry.name] = text;
      }
    }
  }
  return count > 0 ? out : null;
}
