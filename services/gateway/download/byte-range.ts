import { rangeRefused } from '../errors.ts';

/** A range of bytes, both ends inclusive. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * The one range that a `Range` header asks for (RFC 9110, 14.2).
 *
 * @returns undefined when the whole file is to be sent: no header, another unit, a syntax error, or several ranges,
 * which a server may ignore.
 * @throws MaquetteError `range_not_satisfiable`
 */
export function byteRange(header: string | undefined, bytes: number): ByteRange | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
  if (!match || header === undefined) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), bytes);
    if (length === 0) throw rangeRefused(header, bytes);
    return { start: bytes - length, end: bytes - 1 };
  }
  const start = Number(first);
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= bytes) throw rangeRefused(header, bytes);
  return { start, end };
}
