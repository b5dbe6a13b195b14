import { formatCount, modelMalformed } from '../errors.ts';
import type { PlyType } from '../ply/parse-header.ts';

/** One field of a point. */
export interface PcdField {
  name: string;
  type: PlyType;
  /** Numbers of the field in a point; only the first of several is kept. */
  count: number;
  /** Bytes of one number. */
  size: number;
}

export interface PcdHeader {
  fields: PcdField[];
  points: number;
  data: 'ascii' | 'binary' | 'binary_compressed';
  /** Byte and line behind the header. */
  dataStart: number;
  dataLine: number;
}

const MAX_HEADER_BYTES = 1 << 16;
const MAX_FIELDS = 256;

/** Number types by the letter of TYPE and the bytes of SIZE. */
const TYPES: Record<string, PlyType> = {
  I1: 'int8',
  I2: 'int16',
  I4: 'int32',
  U1: 'uint8',
  U2: 'uint16',
  U4: 'uint32',
  F4: 'float32',
  F8: 'float64',
};

/**
 * Parses the header of a PCD file (Point Cloud Library, version 0.7 and before).
 *
 * @throws MaquetteError `model_malformed` with the line
 */
export function parsePcdHeader(bytes: Uint8Array, name: string): PcdHeader {
  const entries = new Map<string, string[]>();
  let at = 0;
  for (let line = 1; ; line++) {
    const fail = (message: string): never => {
      throw modelMalformed(`${name}: line ${line}`, message);
    };
    const end = bytes.indexOf(10, at);
    if (end < 0 || end > MAX_HEADER_BYTES) fail('The header of the PCD file has no line DATA.');
    const text = new TextDecoder().decode(bytes.subarray(at, end)).trim();
    at = end + 1;
    if (text === '' || text.startsWith('#')) continue;
    const [keyword = '', ...words] = text.split(/\s+/);
    entries.set(keyword.toUpperCase(), words);
    if (keyword.toUpperCase() !== 'DATA') continue;
    const data = words[0]?.toLowerCase();
    if (data !== 'ascii' && data !== 'binary' && data !== 'binary_compressed')
      return fail(`The points are stored as "${data ?? ''}"; there are ascii, binary and binary_compressed.`);
    return { ...readEntries(entries, fail), data, dataStart: at, dataLine: line + 1 };
  }
}

function readEntries(
  entries: ReadonlyMap<string, string[]>,
  fail: (message: string) => never,
): Pick<PcdHeader, 'fields' | 'points'> {
  const names = entries.get('FIELDS') ?? entries.get('COLUMNS') ?? fail('The header has no line FIELDS.');
  if (names.length > MAX_FIELDS) fail(`More than ${MAX_FIELDS} fields are declared.`);
  const sizes = entries.get('SIZE') ?? fail('The header has no line SIZE.');
  const types = entries.get('TYPE') ?? fail('The header has no line TYPE.');
  const counts = entries.get('COUNT');
  if (sizes.length !== names.length || types.length !== names.length || (counts && counts.length !== names.length))
    fail(
      `The header declares ${names.length} fields, ${sizes.length} sizes, ${types.length} types and ${counts?.length ?? 'no'} counts.`,
    );
  const fields = names.map((title, i): PcdField => {
    const size = Number(sizes[i]);
    const isWide = /^[IU]$/i.test(types[i]!) && size === 8;
    // Eight-byte integers are time stamps, which no attribute holds: they are stepped over.
    const type = isWide ? 'float64' : TYPES[`${types[i]!.toUpperCase()}${size}`];
    const count = Number(counts?.[i] ?? 1);
    if (!type || !Number.isInteger(count) || count < 0 || count > 65536)
      return fail(
        `The field "${title.slice(0, 40)}" has the type ${types[i]}, ${sizes[i]} bytes, ${counts?.[i] ?? 1} times.`,
      );
    return { name: isWide ? '_' : title.toLowerCase(), type, count, size };
  });
  const size = ['WIDTH', 'HEIGHT'].map((key) => Number(entries.get(key)?.[0] ?? (key === 'HEIGHT' ? 1 : Number.NaN)));
  const points = Number(entries.get('POINTS')?.[0] ?? size[0]! * size[1]!);
  if (!Number.isSafeInteger(points) || points < 0)
    fail(`The number of points is missing or wrong: ${formatCount(points)}.`);
  return { fields, points };
}
