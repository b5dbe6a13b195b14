import { formatCount, modelMalformed } from '../errors.ts';

/** Number types of PLY with their sizes in bytes. */
export const PLY_SIZES = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
} as const;

export type PlyType = keyof typeof PLY_SIZES;

const TYPES: Record<string, PlyType> = {
  char: 'int8',
  uchar: 'uint8',
  short: 'int16',
  ushort: 'uint16',
  int: 'int32',
  uint: 'uint32',
  float: 'float32',
  double: 'float64',
};

export interface PlyProperty {
  name: string;
  type: PlyType;
  /** The type of the count in front of a list; null for a single value. */
  list: PlyType | null;
}

export interface PlyElement {
  name: string;
  count: number;
  properties: PlyProperty[];
}

export interface PlyHeader {
  encoding: 'ascii' | 'little' | 'big';
  elements: PlyElement[];
  /** Lines behind `comment` and `obj_info`. */
  comments: string[];
  /** Byte behind the line `end_header`. */
  dataStart: number;
}

/** A header is a page of text; more than this is none. */
const MAX_HEADER_BYTES = 1 << 20;
const MAX_ELEMENTS = 64;
const MAX_PROPERTIES = 1024;

/**
 * Parses the header of a PLY file (Turk, "The PLY Polygon File Format", 1994).
 *
 * @throws MaquetteError `model_malformed` with the line
 */
export function parsePlyHeader(bytes: Uint8Array, name: string): PlyHeader {
  const header: PlyHeader = { encoding: 'ascii', elements: [], comments: [], dataStart: 0 };
  let hasFormat = false;
  let position = 0;
  for (let number = 1; ; number++) {
    const fail = (message: string): never => {
      throw modelMalformed(`${name}: line ${number}`, message);
    };
    let end = position;
    while (end < bytes.length && bytes[end] !== 10 && bytes[end] !== 13) end++;
    if (end >= bytes.length || end > MAX_HEADER_BYTES) fail('The header of the PLY file has no "end_header".');
    const line = new TextDecoder().decode(bytes.subarray(position, end)).trim();
    position = end + (bytes[end] === 13 && bytes[end + 1] === 10 ? 2 : 1);
    const [keyword = '', ...words] = line.split(/\s+/);
    if (number === 1 && keyword !== 'ply') fail(`The file begins with "${line.slice(0, 20)}" and not with "ply".`);
    switch (keyword) {
      case 'ply':
      case '':
        break;
      case 'format':
        header.encoding =
          encodingOf(words[0]) ??
          fail(`The format "${words[0] ?? ''}" is none of ascii, binary_little_endian, binary_big_endian.`);
        hasFormat = true;
        break;
      case 'comment':
      case 'obj_info':
        if (header.comments.length < 100) header.comments.push(line.slice(keyword.length).trim().slice(0, 500));
        break;
      case 'element': {
        const count = Number(words[1]);
        if (!words[0] || !/^\d+$/.test(words[1] ?? '') || !Number.isSafeInteger(count))
          fail(`"${line.slice(0, 80)}" is no element with a count.`);
        if (header.elements.length >= MAX_ELEMENTS) fail(`More than ${MAX_ELEMENTS} elements are declared.`);
        header.elements.push({ name: words[0]!, count, properties: [] });
        break;
      }
      case 'property': {
        const element = header.elements.at(-1) ?? fail('A property stands before any element.');
        if (element.properties.length >= MAX_PROPERTIES)
          fail(`An element has more than ${formatCount(MAX_PROPERTIES)} properties.`);
        element.properties.push(
          parseProperty(words) ?? fail(`"${line.slice(0, 80)}" is no property with a type and a name.`),
        );
        break;
      }
      case 'end_header':
        if (!hasFormat) fail('The header has no line "format".');
        header.dataStart = position;
        return header;
      default:
        // Some programs forget the word "comment". Further down a damaged line could be a property.
        if (header.elements.length > 0) fail(`"${keyword.slice(0, 40)}" is no statement of a PLY header.`);
        if (header.comments.length < 100) header.comments.push(line.slice(0, 500));
    }
  }
}

function encodingOf(word: string | undefined): PlyHeader['encoding'] | null {
  if (word === 'ascii') return 'ascii';
  if (word === 'binary_little_endian') return 'little';
  return word === 'binary_big_endian' ? 'big' : null;
}

function parseProperty(words: string[]): PlyProperty | null {
  const isList = words[0] === 'list';
  const [typeName, name] = isList ? words.slice(2) : words;
  const type = typeOf(typeName);
  const list = isList ? typeOf(words[1]) : null;
  if (!type || !name || (isList && (!list || list.startsWith('float')))) return null;
  return { name: name.toLowerCase(), type, list };
}

function typeOf(word: string | undefined): PlyType | null {
  if (word === undefined) return null;
  return TYPES[word] ?? (Object.hasOwn(PLY_SIZES, word) ? (word as PlyType) : null);
}
