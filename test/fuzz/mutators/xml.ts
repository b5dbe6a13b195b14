import type { Random } from '../random.ts';
import { AWKWARD_WORDS } from './awkward-values.ts';
import { mutateText } from './text.ts';

const ATTRIBUTE = /([\w:]+)="([^"]*)"/g;

/** Removes, repeats, moves and nests elements, exchanges the values of attributes, or changes words as in any text. */
export function mutateXml(bytes: Uint8Array, random: Random): Uint8Array {
  let text = new TextDecoder().decode(bytes);
  for (let edits = 1 + random.below(3); edits > 0; edits--) {
    text = random.weighted<() => string>([
      [4, () => editElement(text, random)],
      [4, () => editAttribute(text, random)],
      [1, () => renameTag(text, random)],
    ])();
  }
  const out = new TextEncoder().encode(text);
  return random.chance(0.3) ? mutateText(out, random) : out;
}

function editElement(text: string, random: Random): string {
  const range = elementAt(text, random);
  if (!range) return text;
  const [start, end] = range;
  const element = text.slice(start, end);
  const tag = /^<([\w:]+)/.exec(element)![1]!;
  switch (random.below(5)) {
    case 0:
      return text.slice(0, start) + text.slice(end);
    case 1:
      return text.slice(0, end) + element.repeat(1 + random.below(random.chance(0.9) ? 3 : 500)) + text.slice(end);
    case 2: {
      const other = elementAt(text, random);
      return other ? text.slice(0, other[0]) + element + text.slice(other[1]) : text;
    }
    case 3: {
      // Elements inside elements, up to more levels than a recursive reader stands.
      const levels = random.pick([2, 50, 1500, 20_000]);
      return text.slice(0, start) + `<${tag}>`.repeat(levels) + element + `</${tag}>`.repeat(levels) + text.slice(end);
    }
    default:
      return text.slice(0, start) + element.replace(/>[^<]*</, '><') + text.slice(end);
  }
}

/** From where to where an element reaches whose tag was chosen by chance. */
function elementAt(text: string, random: Random): [start: number, end: number] | null {
  const tags = [...text.matchAll(/<([\w:]+)[^<>]*>/g)];
  if (tags.length === 0) return null;
  const { 0: open, 1: name, index } = random.pick(tags);
  if (open.endsWith('/>')) return [index!, index! + open.length];
  const close = text.indexOf(`</${name}>`, index);
  return close < 0 ? null : [index!, close + name!.length + 3];
}

function editAttribute(text: string, random: Random): string {
  const attributes = [...text.matchAll(ATTRIBUTE)];
  if (attributes.length === 0) return text;
  const { 0: whole, 1: name, 2: value, index } = random.pick(attributes);
  const other = random.pick(attributes);
  const changed = random.weighted<string>([
    [3, `${name}="${other[2]}"`],
    [3, `${name}="${random.pick(AWKWARD_WORDS).replace(/["<&]/g, '')}"`],
    [1, `${other[1]}="${value}"`],
    [1, ''],
    [1, `${whole} ${whole}`],
  ]);
  return text.slice(0, index) + changed + text.slice(index! + whole.length);
}

function renameTag(text: string, random: Random): string {
  const tags = [...text.matchAll(/<\/?([\w:]+)/g)];
  if (tags.length === 0) return text;
  const { 0: whole, 1: name, index } = random.pick(tags);
  const at = index! + whole.length - name!.length;
  return text.slice(0, at) + random.pick(tags)[1] + text.slice(at + name!.length);
}
