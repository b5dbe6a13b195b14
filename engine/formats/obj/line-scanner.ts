const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** 10^0 … 10^22 are exact as doubles. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/**
 * Walks over the bytes of a line-based text format (OBJ, MTL) without making strings for numbers. A backslash at the
 * end of a line continues it.
 */
export class LineScanner {
  readonly bytes: Uint8Array;
  private readonly found = new Float64Array(1);
  pos = 0;
  /** Of the current position, from 1. */
  line: number;

  /** @param line of the first byte */
  constructor(bytes: Uint8Array, line = 1) {
    this.bytes = bytes;
    this.line = line;
  }

  get done(): boolean {
    return this.pos >= this.bytes.length;
  }

  /** Skips blanks inside the line. Returns whether something is left on it. */
  skipBlanks(): boolean {
    const { bytes } = this;
    for (;;) {
      let byte = bytes[this.pos];
      if (byte === SPACE) byte = bytes[++this.pos];
      if (byte === SPACE || byte === TAB) {
        this.pos++;
      } else if (byte !== undefined && byte > SPACE && byte !== BACKSLASH) {
        return true;
      } else if (byte === BACKSLASH && this.continues()) {
        this.pos += bytes[this.pos + 1] === CR && bytes[this.pos + 2] === LF ? 3 : 2;
        this.line++;
      } else {
        return byte !== undefined && byte !== LF && byte !== CR;
      }
    }
  }

  /** Moves to the first byte of the next line. */
  nextLine(): void {
    const { bytes } = this;
    if (bytes[this.pos] === LF) {
      this.pos++;
      this.line++;
      return;
    }
    while (this.pos < bytes.length) {
      const byte = bytes[this.pos]!;
      if (byte === BACKSLASH && this.continues()) {
        this.pos += bytes[this.pos + 1] === CR && bytes[this.pos + 2] === LF ? 3 : 2;
        this.line++;
        continue;
      }
      this.pos++;
      if (byte === LF || (byte === CR && bytes[this.pos] !== LF)) {
        this.line++;
        return;
      }
    }
  }

  /** The next word; empty at the end of the line. */
  word(): string {
    this.skipBlanks();
    const start = this.pos;
    while (!this.atBlank()) this.pos++;
    return latin1OrUtf8(this.bytes.subarray(start, this.pos));
  }

  /** What is left of the line, without blanks around it. */
  rest(): string {
    this.skipBlanks();
    const start = this.pos;
    while (this.pos < this.bytes.length && this.bytes[this.pos] !== LF && this.bytes[this.pos] !== CR) this.pos++;
    return latin1OrUtf8(this.bytes.subarray(start, this.pos)).trim();
  }

  /**
   * The next number; NaN for a word that is none, which is skipped. Up to 17 digits count, which is exact to the last
   * bit of a float and nearly so of a double.
   */
  number(): number {
    this.readNumber();
    return this.found[0]!;
  }

  /** Puts the next number into `found`. As a result of so large a function it would be an object of its own each time. */
  private readNumber(): void {
    this.skipBlanks();
    const { bytes } = this;
    let pos = this.pos;
    const negative = bytes[pos] === MINUS;
    if (negative) pos++;
    // Nearly all numbers: up to fifteen digits with a point among them. What else there is, the long way reads anew.
    let digit = bytes[pos]! - 0x30;
    if (digit >= 0 && digit <= 9) {
      const first = pos;
      let value = 0;
      do {
        value = value * 10 + digit;
        digit = bytes[++pos]! - 0x30;
      } while (digit >= 0 && digit <= 9);
      let decimals = 0;
      if (digit === DOT - 0x30) {
        digit = bytes[++pos]! - 0x30;
        const point = pos;
        while (digit >= 0 && digit <= 9) {
          value = value * 10 + digit;
          digit = bytes[++pos]! - 0x30;
        }
        decimals = pos - point;
      }
      let exponent = -decimals;
      const short = pos - first <= 15;
      if (digit === 0x65 - 0x30 || digit === 0x45 - 0x30) {
        const sign = bytes[pos + 1];
        if (sign === MINUS || sign === PLUS) pos++;
        const power = bytes[pos + 1]! - 0x30;
        digit = bytes[pos + 2]! - 0x30;
        // One or two digits; all others go the long way.
        if (power >= 0 && power <= 9) {
          if (digit >= 0 && digit <= 9) {
            exponent += sign === MINUS ? -(power * 10 + digit) : power * 10 + digit;
            pos += 3;
          } else {
            exponent += sign === MINUS ? -power : power;
            pos += 2;
          }
          digit = bytes[pos]! - 0x30;
        }
      }
      const start = this.pos;
      this.pos = pos;
      if (short && exponent >= -22 && exponent <= 22 && (isLineBlank(digit + 0x30) || this.atBlank())) {
        if (exponent < 0) value /= POWERS[-exponent]!;
        else if (exponent > 0) value *= POWERS[exponent]!;
        this.found[0] = negative ? -value : value;
        return;
      }
      this.pos = start;
    }
    this.found[0] = this.longNumber();
  }

  private longNumber(): number {
    const { bytes } = this;
    const start = this.pos;
    let pos = start;
    let sign = 1;
    if (bytes[pos] === MINUS) {
      sign = -1;
      pos++;
    } else if (bytes[pos] === PLUS) {
      pos++;
    }
    let mantissa = 0;
    let digits = 0;
    let exponent = 0;
    let any = false;
    for (let fraction = false; ; pos++) {
      const byte = bytes[pos];
      if (byte === DOT && !fraction) {
        fraction = true;
        continue;
      }
      const digit = byte === undefined ? 255 : byte - 0x30;
      if (digit < 0 || digit > 9) break;
      any = true;
      if (digits < 17) {
        mantissa = mantissa * 10 + digit;
        if (mantissa > 0) digits++;
        if (fraction) exponent--;
      } else if (!fraction) {
        exponent++;
      }
    }
    const mark = bytes[pos];
    if (any && (mark === 0x65 || mark === 0x45)) {
      let power = 0;
      let at = pos + 1;
      const negative = bytes[at] === MINUS;
      if (negative || bytes[at] === PLUS) at++;
      const first = at;
      for (let byte = bytes[at]; byte !== undefined && byte >= 0x30 && byte <= 0x39; byte = bytes[++at]) {
        power = Math.min(power * 10 + byte - 0x30, 9999);
      }
      if (at > first) {
        exponent += negative ? -power : power;
        pos = at;
      }
    }
    this.pos = pos;
    if (!any || !this.atBlank()) {
      while (!this.atBlank()) this.pos++;
      return Number.NaN;
    }
    if (exponent === 0) return sign * mantissa;
    if (exponent < 0 && exponent >= -22) return (sign * mantissa) / POWERS[-exponent]!;
    if (exponent > 0 && exponent <= 22) return sign * mantissa * POWERS[exponent]!;
    return sign * mantissa * 10 ** exponent;
  }

  /** An integer with optional sign, up to the first byte that is no digit; 0 where there is none. */
  integer(): number {
    const { bytes } = this;
    let pos = this.pos;
    const negative = bytes[pos] === MINUS;
    if (negative || bytes[pos] === PLUS) pos++;
    let value = 0;
    for (let digit = bytes[pos]! - 0x30; digit >= 0 && digit <= 9; digit = bytes[++pos]! - 0x30) {
      value = value * 10 + digit;
    }
    this.pos = pos;
    return negative ? -value : value;
  }

  /** Whether the current byte ends a word. */
  atBlank(): boolean {
    const byte = this.bytes[this.pos];
    return byte === undefined || byte === SPACE || byte === TAB || byte === LF || byte === CR;
  }

  private continues(): boolean {
    const next = this.bytes[this.pos + 1];
    return next === LF || next === CR;
  }
}

function isLineBlank(byte: number): boolean {
  return byte === SPACE || byte === LF || byte === TAB || byte === CR;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const LATIN1 = new TextDecoder('latin1');

/** Names are UTF-8 today; files from older programs hold the code page of their time, read as Latin-1. */
function latin1OrUtf8(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return LATIN1.decode(bytes);
  }
}
