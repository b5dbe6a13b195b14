import { rangeRefused } from '../errors.ts';

/** A range of bytes, both ends inclusive. */
export interface ByteRange {
  start: number;
  end: number;
}

/** More ranges than this are answered with the whole file: it costs less. */
const MOST_RANGES = 50;

/**
 * The ranges that a `Range` header asks for (RFC 9110, 14.2), in its order; those that overlap or touch are one.
 *
 * @returns undefined when the whole file is to be sent: no header, another unit, a syntax error, more ranges than are
 * worth it
 * @throws MaquetteError `range_not_satisfiable` when none lies within the file
 */
export function byteRanges(header: string | undefined, bytes: number): ByteRange[] | undefined {
  const [, list] = /^\s*bytes\s*=(.*)$/is.exec(header ?? '') ?? [];
  if (header === undefined || list === undefined) return undefined;
  // Lists may have empty elements (RFC 9110, 5.6.1).
  const specs = list.split(',').filter((spec) => spec.trim() !== '');
  if (specs.length === 0 || specs.length > MOST_RANGES) return undefined;
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const [, first = '', last = ''] = /^\s*(\d*)\s*-\s*(\d*)\s*$/.exec(spec) ?? [];
    if (first === '' && last === '') return undefined;
    if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined;
    const start = first === '' ? Math.max(0, bytes - Number(last)) : Number(first);
    const end = first === '' || last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
    if (start <= end) ranges.push({ start, end });
  }
  if (ranges.length === 0) throw rangeRefused(header, bytes);
  return joined(ranges);
}

/** Each range where it was first asked for, with all that overlap or touch it. */
function joined(ranges: readonly ByteRange[]): ByteRange[] {
  const out: ByteRange[] = [];
  for (const range of ranges) {
    let { start, end } = range;
    let place = out.length;
    for (let index = out.length - 1; index >= 0; index--) {
      const other = out[index] as ByteRange;
      if (other.start > end + 1 || other.end < start - 1) continue;
      start = Math.min(start, other.start);
      end = Math.max(end, other.end);
      out.splice(index, 1);
      place = index;
    }
    out.splice(place, 0, { start, end });
  }
  return out;
}
