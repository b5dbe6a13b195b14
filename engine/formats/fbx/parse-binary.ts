import { unzlibSync } from 'fflate';
import { formatBytes, formatCount, modelMalformed } from '../errors.ts';
import type { DecodeBudget } from './decode-budget.ts';
import type { FbxArray, FbxNode, FbxTree, FbxValue } from './fbx-node.ts';

const MAGIC = 'Kaydara FBX Binary  ';
const HEADER_BYTES = 27;

/** Nodes inside nodes; files of the FBX SDK have less than ten. */
const MAX_DEPTH = 64;

/** No deflate stream unpacks to more than this many times its size (RFC 1951: 258 bytes for two bits). */
const MAX_DEFLATE_RATIO = 1032;

/** Before FBX 7.0 lists are written value by value; from this length on they are read straight into an array. */
const LONG_LIST = 16;

/** Bytes of one number in an array, by its letter. */
const ARRAY_SIZES: Record<string, number> = { b: 1, c: 1, i: 4, f: 4, d: 8, l: 8 };

/** Bytes of a single number, its letter included. */
const SCALAR_SIZES: Record<number, number> = { 66: 2, 67: 2, 89: 3, 73: 5, 70: 5, 68: 9, 76: 9 };

export function isBinaryFbx(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES) return false;
  for (let i = 0; i < MAGIC.length; i++) if (bytes[i] !== MAGIC.charCodeAt(i)) return false;
  return true;
}

/**
 * Reads the node tree of a binary FBX file, versions 5.0 to 7.7, of either byte order. Lengths are checked against
 * the bytes that are there; arrays stay packed until they are asked for.
 *
 * @throws MaquetteError `model_malformed` naming the byte
 */
export function parseBinaryFbx(bytes: Uint8Array, name: string, budget: DecodeBudget): FbxTree {
  return new BinaryParser(bytes, name, budget).parse();
}

class BinaryParser {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly name: string;
  private readonly budget: DecodeBudget;
  private readonly little: boolean;
  private readonly wide: boolean;
  private readonly version: number;

  constructor(bytes: Uint8Array, name: string, budget: DecodeBudget) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.name = name;
    this.budget = budget;
    if (!isBinaryFbx(bytes)) throw this.malformed(0, 'The file does not begin as a binary FBX file does.');
    this.little = bytes[22] === 0;
    this.version = this.view.getUint32(23, this.little);
    if (bytes[20] !== 0 && bytes[22] === 0x20) {
      throw this.malformed(20, 'All zero bytes of the file were replaced by spaces: it was transferred as text.');
    }
    this.wide = this.version >= 7500;
    if (this.version < 3000 || this.version > 9999) {
      throw this.malformed(23, `The file states the FBX version ${formatCount(this.version)}, which does not exist.`);
    }
  }

  parse(): FbxTree {
    const nodes: FbxNode[] = [];
    let at = HEADER_BYTES;
    for (;;) {
      if (at >= this.bytes.length) {
        throw this.malformed(at, 'The file ends before the record that closes the list of nodes: it was cut off.');
      }
      const next = this.node(at, this.bytes.length, 0, nodes);
      if (next === 0) break;
      at = next;
    }
    return { version: this.version, nodes };
  }

  /** Reads the node at `at` into `into`. Returns where the next one begins; 0 for the record that closes a list. */
  private node(at: number, limit: number, depth: number, into: FbxNode[]): number {
    const headerSize = this.wide ? 25 : 13;
    if (at + headerSize > limit) {
      const cut = limit === this.bytes.length;
      throw this.malformed(
        at,
        cut
          ? 'The file ends inside a node header: it was cut off.'
          : 'A node header reaches beyond the end of its parent.',
      );
    }
    const end = this.offset(at);
    const count = this.offset(at + (this.wide ? 8 : 4));
    const length = this.offset(at + (this.wide ? 16 : 8));
    const nameLength = this.bytes[at + headerSize - 1]!;
    if (end === 0 && count === 0 && length === 0 && nameLength === 0) return 0;
    const valuesStart = at + headerSize + nameLength;
    if (end <= at || end > limit || valuesStart + length > end) {
      throw this.malformed(
        at,
        `A node states that it ends at byte ${formatCount(end)}, but ${end > limit ? `its parent ends at ${formatCount(limit)}` : 'that does not hold its values'}. The file is damaged or was cut off.`,
      );
    }
    if (count > length)
      throw this.malformed(at, `A node states ${formatCount(count)} values in ${formatBytes(length)}.`);
    if (depth > MAX_DEPTH) throw this.malformed(at, `Nodes are nested more than ${MAX_DEPTH} levels deep.`);
    const node: FbxNode = {
      name: latin1(this.bytes, at + headerSize, nameLength),
      values: this.values(valuesStart, valuesStart + length, count),
      children: [],
      place: `byte ${formatCount(at)}`,
    };
    into.push(node);
    let position = valuesStart + length;
    while (position < end) {
      const next = this.node(position, end, depth + 1, node.children);
      if (next === 0) break;
      position = next;
    }
    return end;
  }

  private values(start: number, end: number, count: number): FbxValue[] {
    if (count >= LONG_LIST) {
      const list = this.numericList(start, end, count);
      if (list) return [list];
    }
    const values: FbxValue[] = [];
    let at = start;
    for (let i = 0; i < count; i++) {
      const type = at < end ? this.bytes[at]! : 0;
      const scalar = SCALAR_SIZES[type];
      const size = scalar ?? this.variableSize(at, end, type);
      if (at + size > end) throw this.malformed(at, 'A value reaches beyond the end of its node.');
      values.push(scalar ? this.scalar(type, at + 1) : this.variable(type, at));
      at += size;
    }
    return values;
  }

  /** A run of single numbers as one array; null where something else is among them. */
  private numericList(start: number, end: number, count: number): FbxArray | null {
    let at = start;
    for (let i = 0; i < count; i++) {
      const type = at < end ? this.bytes[at]! : 0;
      const size = SCALAR_SIZES[type];
      // Letters stand for interpolation modes in the key lists, which are no plain numbers.
      if (!size || type === 0x43 || at + size > end) return null;
      at += size;
    }
    const decode = (): Float64Array => {
      this.budget.take(count * 8);
      const out = new Float64Array(count);
      let position = start;
      for (let i = 0; i < count; i++) {
        const type = this.bytes[position]!;
        out[i] = Number(this.scalar(type, position + 1));
        position += SCALAR_SIZES[type]!;
      }
      return out;
    };
    return { count, float64: decode, int32: () => Int32Array.from(decode()) };
  }

  private scalar(type: number, at: number): number | bigint {
    switch (type) {
      case 0x42:
      case 0x43:
        return this.bytes[at]!;
      case 0x59:
        return this.view.getInt16(at, this.little);
      case 0x49:
        return this.view.getInt32(at, this.little);
      case 0x46:
        return this.view.getFloat32(at, this.little);
      case 0x44:
        return this.view.getFloat64(at, this.little);
      default: {
        const value = this.view.getBigInt64(at, this.little);
        const number = Number(value);
        return Number.isSafeInteger(number) ? number : value;
      }
    }
  }

  private variableSize(at: number, end: number, type: number): number {
    const letter = String.fromCharCode(type);
    if (letter === 'S' || letter === 'R') {
      if (at + 5 > end) throw this.malformed(at, 'A text or block of bytes reaches beyond the end of its node.');
      return 5 + this.view.getUint32(at + 1, this.little);
    }
    if (ARRAY_SIZES[letter] !== undefined) {
      if (at + 13 > end) throw this.malformed(at, 'An array reaches beyond the end of its node.');
      return 13 + this.view.getUint32(at + 9, this.little);
    }
    throw this.malformed(at, `A value has the unknown type 0x${type.toString(16).padStart(2, '0')}.`);
  }

  private variable(type: number, at: number): FbxValue {
    const length = this.view.getUint32(at + 1, this.little);
    if (type === 0x52) return this.bytes.subarray(at + 5, at + 5 + length);
    if (type === 0x53) return decodeText(this.bytes.subarray(at + 5, at + 5 + length));
    return this.array(String.fromCharCode(type), at, length);
  }

  private array(letter: string, at: number, count: number): FbxArray {
    const encoding = this.view.getUint32(at + 5, this.little);
    const packed = this.view.getUint32(at + 9, this.little);
    const size = count * ARRAY_SIZES[letter]!;
    const most = encoding === 0 ? packed : packed * MAX_DEFLATE_RATIO;
    if (encoding > 1 || size > most) {
      throw this.malformed(
        at,
        encoding > 1
          ? `An array has the unknown encoding ${encoding}.`
          : `An array declares ${formatCount(count)} numbers (${formatBytes(size)}), but its ${formatBytes(packed)} cannot hold them.`,
      );
    }
    const raw = this.bytes.subarray(at + 13, at + 13 + packed);
    const unpack = (): DataView => {
      if (encoding === 0) return new DataView(raw.buffer, raw.byteOffset, size);
      this.budget.take(size);
      return this.inflate(raw, size, at);
    };
    return {
      count,
      float64: () => {
        this.budget.take(count * 8);
        return decodeFloats(letter, unpack(), count, this.little);
      },
      int32: () => {
        this.budget.take(count * 4);
        return decodeIntegers(letter, unpack(), count, this.little);
      },
    };
  }

  private inflate(raw: Uint8Array, size: number, at: number): DataView {
    let out: Uint8Array;
    try {
      out = unzlibSync(raw, { out: new Uint8Array(size) });
    } catch (cause) {
      throw this.malformed(at, 'The compressed numbers of an array are damaged.', cause);
    }
    if (out.length < size) {
      throw this.malformed(
        at,
        `An array declares ${formatBytes(size)}, but only ${formatBytes(out.length)} are in it.`,
      );
    }
    return new DataView(out.buffer, out.byteOffset, size);
  }

  private offset(at: number): number {
    return this.wide ? Number(this.view.getBigUint64(at, this.little)) : this.view.getUint32(at, this.little);
  }

  private malformed(at: number, message: string, cause?: unknown): Error {
    return modelMalformed(`${this.name}, byte ${formatCount(at)}`, message, undefined, cause);
  }
}

const HOST_IS_LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function decodeFloats(letter: string, view: DataView, count: number, little: boolean): Float64Array {
  if (letter === 'd' && little === HOST_IS_LITTLE) {
    if (view.byteOffset % 8 === 0) return new Float64Array(view.buffer, view.byteOffset, count).slice();
    return new Float64Array(view.buffer.slice(view.byteOffset, view.byteOffset + count * 8));
  }
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) out[i] = element(letter, view, i, little);
  return out;
}

function decodeIntegers(letter: string, view: DataView, count: number, little: boolean): Int32Array {
  const out = new Int32Array(count);
  if (letter === 'i') for (let i = 0; i < count; i++) out[i] = view.getInt32(i * 4, little);
  else for (let i = 0; i < count; i++) out[i] = element(letter, view, i, little);
  return out;
}

function element(letter: string, view: DataView, index: number, little: boolean): number {
  switch (letter) {
    case 'd':
      return view.getFloat64(index * 8, little);
    case 'f':
      return view.getFloat32(index * 4, little);
    case 'i':
      return view.getInt32(index * 4, little);
    case 'l':
      return Number(view.getBigInt64(index * 8, little));
    default:
      return view.getUint8(index);
  }
}

function latin1(bytes: Uint8Array, start: number, length: number): string {
  let out = '';
  for (let i = start; i < start + length; i++) out += String.fromCharCode(bytes[i]!);
  return out;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LATIN1 = new TextDecoder('latin1');

/** Texts are UTF-8; old exporters wrote the code page of their machine, read as Latin-1. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return LATIN1.decode(bytes);
  }
}
