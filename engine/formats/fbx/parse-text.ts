import { formatCount, modelMalformed } from '../errors.ts';
import { TokenScanner } from '../token-scanner.ts';
import type { DecodeBudget } from './decode-budget.ts';
import { arrayOf, type FbxArray, type FbxNode, type FbxTree, type FbxValue } from './fbx-node.ts';
import { decodeText } from './parse-binary.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const STAR = 0x2a;
const COMMA = 0x2c;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const OPEN = 0x7b;
const CLOSE = 0x7d;

const MAX_DEPTH = 64;

/** Before FBX 7.0 lists are written value by value; from this length on numbers go into a flat array. */
const LONG_LIST = 32;

/**
 * Reads the node tree of an FBX text file, versions 5.0 to 7.7, from UTF-8 bytes. Arrays (from 7.0 on) stay text
 * until they are asked for.
 *
 * @throws MaquetteError `model_malformed` naming the line
 */
export function parseTextFbx(bytes: Uint8Array, name: string, budget: DecodeBudget): FbxTree {
  const parser = new TextParser(bytes, name, budget);
  return { version: versionFromComment(bytes), nodes: parser.parse() };
}

/** `; FBX 7.4.0 project file`; 0 where the comment is missing. */
function versionFromComment(bytes: Uint8Array): number {
  const match = /;\s*FBX\s+(\d)\.(\d)\.(\d)/.exec(decodeText(bytes.subarray(0, 256)));
  return match ? Number(match[1]) * 1000 + Number(match[2]) * 100 + Number(match[3]) * 10 : 0;
}

class TextParser {
  private readonly bytes: Uint8Array;
  private readonly name: string;
  private readonly budget: DecodeBudget;
  private pos = 0;
  private countedTo = 0;
  private line = 1;

  constructor(bytes: Uint8Array, name: string, budget: DecodeBudget) {
    this.bytes = bytes;
    this.name = name;
    this.budget = budget;
  }

  parse(): FbxNode[] {
    const nodes: FbxNode[] = [];
    for (;;) {
      this.skipSpace();
      if (this.pos >= this.bytes.length) return nodes;
      if (this.bytes[this.pos] === CLOSE) throw this.malformed('A closing brace has no opening one.');
      nodes.push(this.node(0));
    }
  }

  private node(depth: number): FbxNode {
    if (depth > MAX_DEPTH) throw this.malformed(`Nodes are nested more than ${MAX_DEPTH} levels deep.`);
    const place = `line ${formatCount(this.lineNumber())}`;
    const start = this.pos;
    while (isNameByte(this.bytes[this.pos])) this.pos++;
    const name = decodeText(this.bytes.subarray(start, this.pos));
    this.skipBlanks();
    if (name === '' || this.bytes[this.pos] !== COLON) {
      const found = decodeText(this.bytes.subarray(start, Math.min(this.bytes.length, start + 30))).split('\n')[0]!;
      throw this.malformed(`A node must begin with its name and a colon, but there is "${found.trim()}".`);
    }
    this.pos++;
    const node: FbxNode = { name, values: [], children: [], place };
    this.values(node);
    this.skipSpace();
    if (this.bytes[this.pos] !== OPEN) return node;
    this.pos++;
    for (;;) {
      this.skipSpace();
      if (this.pos >= this.bytes.length) {
        throw this.malformed(`The file ends inside the node "${name}" of ${place}: it was cut off.`);
      }
      if (this.bytes[this.pos] === CLOSE) break;
      node.children.push(this.node(depth + 1));
    }
    this.pos++;
    return node;
  }

  private values(node: FbxNode): void {
    this.skipBlanks();
    let numbers: number[] | null = [];
    let flat: Float64Array | null = null;
    let length = 0;
    for (let first = true; ; first = false) {
      // Some exporters write a comma behind the colon, and long lists break their lines before or after commas.
      const comma = this.skipComma(first);
      if (!first && !comma) break;
      const byte = this.bytes[this.pos];
      if (byte === undefined || byte === OPEN || byte === CLOSE || byte === SEMICOLON) break;
      if (first && !comma && (byte === LF || byte === CR)) break;
      const value = this.value();
      if (value === null) break;
      if (typeof value !== 'number' || numbers === null) {
        if (flat) node.values.push(...flat.subarray(0, length));
        flat = null;
        numbers = null;
        node.values.push(value);
        continue;
      }
      if (!flat && node.values.length < LONG_LIST) {
        node.values.push(value);
        continue;
      }
      if (!flat) {
        flat = Float64Array.from({ length: 1024 }, (_, i) => Number(node.values[i] ?? 0));
        length = node.values.length;
        node.values = [];
      } else if (length === flat.length) {
        this.budget.take(flat.byteLength * 2);
        const grown: Float64Array = new Float64Array(flat.length * 2);
        grown.set(flat);
        flat = grown;
      }
      flat[length++] = value;
    }
    if (flat) node.values.push(arrayOf(flat.slice(0, length)));
  }

  /** Skips a comma with the white space around it, also over ends of lines. Returns whether there was one. */
  private skipComma(first: boolean): boolean {
    const start = this.pos;
    if (first) this.skipBlanks();
    else this.skipSpace();
    if (this.bytes[this.pos] !== COMMA) {
      this.pos = start;
      return false;
    }
    this.pos++;
    this.skipSpace();
    return true;
  }

  private value(): FbxValue | null {
    const byte = this.bytes[this.pos]!;
    if (byte === QUOTE) return this.text();
    if (byte === STAR) return this.array();
    const start = this.pos;
    while (isWordByte(this.bytes[this.pos])) this.pos++;
    if (this.pos === start) throw this.malformed(`There is an unexpected "${String.fromCharCode(byte)}".`);
    if (this.bytes[this.pos] === COLON) {
      // Not a value but the next node: the list of values was empty.
      this.pos = start;
      return null;
    }
    return parseWord(this.bytes, start, this.pos);
  }

  private text(): string {
    const end = this.bytes.indexOf(QUOTE, this.pos + 1);
    if (end < 0) throw this.malformed('A text is not closed: the file was cut off.');
    const text = decodeText(this.bytes.subarray(this.pos + 1, end));
    this.pos = end + 1;
    return text.includes('&') ? text.replaceAll('&quot;', '"').replaceAll('&cr;', '\r').replaceAll('&lf;', '\n') : text;
  }

  /** `*12 { a: 1,2,3 }` */
  private array(): FbxArray {
    const place = this.lineNumber();
    this.pos++;
    const start = this.pos;
    while (isWordByte(this.bytes[this.pos])) this.pos++;
    const count = Number(decodeText(this.bytes.subarray(start, this.pos)));
    this.skipSpace();
    if (!Number.isInteger(count) || count < 0 || this.bytes[this.pos] !== OPEN) {
      throw this.malformed('An array does not state its length and an opening brace.');
    }
    this.pos++;
    this.skipSpace();
    if (this.bytes[this.pos] === 0x61 && this.bytes[this.pos + 1] === COLON) this.pos += 2;
    const from = this.pos;
    const to = this.bytes.indexOf(CLOSE, from);
    if (to < 0) throw this.malformed('An array is not closed: the file was cut off.');
    this.pos = to + 1;
    // Each number takes a digit and a comma.
    if (count > (to - from + 1) / 2) throw this.tooFew(place, count, Math.floor((to - from + 1) / 2));
    const decode = (): Float64Array => {
      this.budget.take(count * 8);
      return this.decode(from, to, count, place);
    };
    return { count, float64: decode, int32: () => Int32Array.from(decode()) };
  }

  private decode(from: number, to: number, count: number, place: number): Float64Array {
    const scanner = new TokenScanner(this.bytes.subarray(from, to), true);
    const out = new Float64Array(count);
    for (let i = 0; i < count; i++) {
      if (!scanner.skipBlanks()) throw this.tooFew(place, count, i);
      if (scanner.bytes[scanner.pos] === SEMICOLON) throw this.tooFew(place, count, i);
      out[i] = scanner.number();
    }
    return out;
  }

  private tooFew(line: number, declared: number, found: number): Error {
    return modelMalformed(
      `${this.name}, line ${formatCount(line)}`,
      `An array declares ${formatCount(declared)} numbers, but holds at most ${formatCount(found)}.`,
    );
  }

  /** White space inside the line. */
  private skipBlanks(): void {
    while (this.bytes[this.pos] === SPACE || this.bytes[this.pos] === 0x09) this.pos++;
  }

  /** White space, ends of lines and comments. */
  private skipSpace(): void {
    const { bytes } = this;
    for (;;) {
      const byte = bytes[this.pos];
      if (byte === undefined) return;
      if (byte === SEMICOLON) {
        const end = bytes.indexOf(LF, this.pos);
        this.pos = end < 0 ? bytes.length : end + 1;
      } else if (byte <= SPACE) {
        this.pos++;
      } else {
        return;
      }
    }
  }

  private lineNumber(): number {
    let at = this.countedTo;
    for (;;) {
      at = this.bytes.indexOf(LF, at);
      if (at < 0 || at >= this.pos) break;
      this.line++;
      at++;
    }
    this.countedTo = this.pos;
    return this.line;
  }

  private malformed(message: string): Error {
    return modelMalformed(`${this.name}, line ${formatCount(this.lineNumber())}`, message);
  }
}

function isWordByte(byte: number | undefined): boolean {
  return byte !== undefined && byte > SPACE && byte !== COMMA && byte !== COLON && byte !== OPEN && byte !== CLOSE;
}

function isNameByte(byte: number | undefined): boolean {
  return isWordByte(byte) && byte !== QUOTE;
}

/** A number where the word is one, else the word itself. */
function parseWord(bytes: Uint8Array, start: number, end: number): number | bigint | string {
  const word = decodeText(bytes.subarray(start, end));
  const first = bytes[start]!;
  const numeric = (first >= 0x30 && first <= 0x39) || first === 0x2d || first === 0x2b || first === 0x2e;
  if (!numeric) return word;
  const number = Number(word);
  if (Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d{1,40}$/.test(word)) return BigInt(word);
  // Not a number and infinity, as C runtimes write them: `1.#IND`, `-1.#INF`.
  return number;
}
