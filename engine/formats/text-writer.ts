import { formatBytes, outputTooLarge } from './errors.ts';

/** The largest file that is written in one piece. */
export const MOST_FILE_BYTES = 2 ** 31 - 2 ** 16;

/** Powers of ten that doubles hold exactly, and their inverses. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Smaller numbers are not normal in single precision; some programs refuse them. */
const LEAST_NORMAL = 2 ** -126;
const ZERO = 48;
const POINT = 46;
const MINUS = 45;

/**
 * Text as bytes, appended piece by piece: several times as fast as strings where most of it is numbers. The buffer grows
 * by doubling.
 */
export class TextWriter {
  readonly #what: string;
  readonly #encoder = new TextEncoder();
  readonly #digits = new Uint8Array(10);
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  /**
   * @param what is written, for the error
   * @param expected bytes; too few cost copies, too many only addresses: memory is taken when it is written to
   */
  constructor(what: string, expected = 65_536) {
    this.#what = what;
    this.#bytes = new Uint8Array(Math.min(MOST_FILE_BYTES, Math.max(1024, Math.ceil(expected))));
  }

  /** ASCII text, byte for byte. */
  ascii(text: string): this {
    this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
    return this;
  }

  /** Any text, as UTF-8. */
  text(text: string): this {
    this.#reserve(text.length * 3);
    this.#length += this.#encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
    return this;
  }

  /** A whole number from 0 to 2³² − 1. */
  integer(value: number): this {
    this.#reserve(10);
    this.#whole(value);
    return this;
  }

  /**
   * A number with so many significant digits at most (9 tell all single-precision numbers apart), without trailing
   * zeros; with an exponent where it is very large or very small. What is no number, or next to nothing, becomes 0.
   */
  number(value: number, digits: 5 | 6 | 7 | 8 | 9 = 9): this {
    this.#reserve(32);
    const rest = Math.abs(value);
    if (!(rest >= LEAST_NORMAL) || rest === Infinity) {
      this.#bytes[this.#length++] = ZERO;
      return this;
    }
    if (value < 0) this.#bytes[this.#length++] = MINUS;
    if (rest < 1e-9 || rest >= 1e9) return this.ascii(shortest(rest, digits));
    // The number of digits before the point; of 0.0012 it is −2.
    let before = 0;
    if (rest >= 1) while (before < 9 && rest >= POWERS[before]!) before++;
    else while (rest * POWERS[-before]! < 0.1) before--;
    const shift = digits - before;
    let scaled = Math.round(shift >= 0 ? rest * POWERS[shift]! : rest / POWERS[-shift]!);
    if (scaled >= POWERS[digits]!) {
      scaled = Math.round(scaled / 10);
      before++;
    }
    this.#decimal(scaled, digits, before);
    return this;
  }

  /** All that was written, as a view of a buffer that may be longer. The writer is empty afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const whole = this.#bytes.subarray(0, this.#length);
    this.#bytes = new Uint8Array(0);
    this.#length = 0;
    return whole;
  }

  /** Digits of `scaled`, the point after `before` of them. */
  #decimal(scaled: number, digits: number, before: number): void {
    const digit = this.#digits;
    let last = -1;
    // Below 10⁹: whole numbers of 32 bits are several times as fast to divide.
    for (let i = digits - 1, rest = scaled | 0; i >= 0; i--) {
      const next = (rest / 10) | 0;
      const value = rest - next * 10;
      if (value !== 0 && last < 0) last = i;
      digit[i] = ZERO + value;
      rest = next;
    }
    const bytes = this.#bytes;
    let at = this.#length;
    if (before <= 0) {
      bytes[at++] = ZERO;
      bytes[at++] = POINT;
      for (let i = before; i < 0; i++) bytes[at++] = ZERO;
      for (let i = 0; i <= last; i++) bytes[at++] = digit[i]!;
    } else {
      for (let i = 0; i < before; i++) bytes[at++] = i < digits ? digit[i]! : ZERO;
      if (last >= before) {
        bytes[at++] = POINT;
        for (let i = before; i <= last; i++) bytes[at++] = digit[i]!;
      }
    }
    this.#length = at;
  }

  #whole(value: number): void {
    const digit = this.#digits;
    let count = 0;
    let rest = value >>> 0;
    do {
      const next = (rest / 10) >>> 0;
      digit[count++] = ZERO + (rest - next * 10);
      rest = next;
    } while (rest > 0);
    while (count > 0) this.#bytes[this.#length++] = digit[--count]!;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    if (needed > MOST_FILE_BYTES) {
      throw outputTooLarge(this.#what, `more than ${formatBytes(this.#length)}`, formatBytes(MOST_FILE_BYTES));
    }
    const grown = new Uint8Array(Math.min(MOST_FILE_BYTES, Math.max(needed, this.#bytes.length * 2)));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** With an exponent, as C's `strtod` reads it. */
function shortest(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits)));
}
