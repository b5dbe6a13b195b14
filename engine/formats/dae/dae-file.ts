import { formatCount, modelMalformed } from '../errors.ts';
import { TokenScanner } from '../token-scanner.ts';
import { childrenOf, type XmlElement } from '../xml/xml-tree.ts';

/** A COLLADA document with its elements by id. */
export class DaeFile {
  readonly name: string;
  readonly root: XmlElement;
  private readonly byId = new Map<string, XmlElement>();

  constructor(root: XmlElement, name: string) {
    this.root = root;
    this.name = name;
    const open = [root];
    for (let element = open.pop(); element; element = open.pop()) {
      const id = element.attributes.get('id');
      if (id !== undefined && !this.byId.has(id)) this.byId.set(id, element);
      open.push(...element.children);
    }
  }

  /** The element of an id. */
  find(id: string | undefined): XmlElement | null {
    return (id === undefined ? undefined : this.byId.get(id)) ?? null;
  }

  /** The element that a reference such as `#mesh` means; null for other files. */
  follow(url: string | undefined): XmlElement | null {
    if (!url?.startsWith('#')) return null;
    const id = url.slice(1);
    return this.find(id) ?? this.find(safeDecode(id));
  }

  /** @throws MaquetteError `model_malformed` naming the element */
  fail(element: XmlElement, message: string): never {
    let at: XmlElement | null = element;
    while (at && !at.attributes.has('id')) at = at.parent;
    const id = at?.attributes.get('id');
    throw modelMalformed(`${this.name}: <${element.name}>${id ? ` in "${id.slice(0, 80)}"` : ''}`, message);
  }

  /** The numbers in the text of an element. */
  floats(element: XmlElement): Float32Array {
    const scanner = new TokenScanner(element.text);
    const out = new Float32Array(countWords(element.text));
    let length = 0;
    while (scanner.skipBlanks()) {
      const start = scanner.pos;
      const value = scanner.number();
      if (Number.isNaN(value)) {
        const word = new TextDecoder().decode(element.text.subarray(start, Math.min(scanner.pos, start + 40)));
        if (!/^[-+]?(nan|inf|1\.#)/i.test(word)) this.fail(element, `"${word}" stands where a number should.`);
      }
      out[length++] = value;
    }
    return out;
  }

  /** Indices in the text of an element. */
  integers(element: XmlElement): Int32Array {
    return Int32Array.from(this.floats64(element));
  }

  /** Words in the text of an element. */
  words(element: XmlElement): string[] {
    return new TextDecoder().decode(element.text).split(/\s+/).filter(Boolean);
  }

  /** A `<source>`: its numbers, how many belong together, and where the first is. */
  source(element: XmlElement): { values: Float32Array; stride: number; offset: number; count: number } {
    const [array] = childrenOf(element, 'float_array');
    if (!array) this.fail(element, 'The source has no <float_array>.');
    const values = this.floats(array);
    const declared = Number(array.attributes.get('count') ?? values.length);
    if (values.length < declared) {
      this.fail(array, `It declares ${formatCount(declared)} numbers, but holds ${formatCount(values.length)}.`);
    }
    const accessor = element.children.find(({ name }) => name === 'technique_common')?.children[0];
    const stride = Math.max(1, Number(accessor?.attributes.get('stride') ?? 1) || 1);
    const offset = Math.max(0, Number(accessor?.attributes.get('offset') ?? 0) || 0);
    return { values, stride, offset, count: Math.floor((values.length - offset) / stride) };
  }

  /** Indices above 2^24 do not fit single precision. */
  private floats64(element: XmlElement): Float64Array {
    const scanner = new TokenScanner(element.text);
    const out = new Float64Array(countWords(element.text));
    let length = 0;
    while (scanner.skipBlanks()) {
      const value = scanner.number();
      if (!Number.isInteger(value)) this.fail(element, 'A list of indices holds something else than whole numbers.');
      out[length++] = value;
    }
    return out;
  }
}

function countWords(text: Uint8Array): number {
  let count = 0;
  let inside = false;
  for (const byte of text) {
    if (byte > 0x20 && !inside) count++;
    inside = byte > 0x20;
  }
  return count;
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
