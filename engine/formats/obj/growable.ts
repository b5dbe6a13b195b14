/** Room for this many values at most is taken on a guess. */
const MOST_EXPECTED = 1 << 25;

/** A list becomes so many times as long at most: what nobody writes to should cost no memory, but sometimes does. */
const MOST_GROWTH = 4;

function grownLength(length: number, expected: number): number {
  return Math.max(length * 2, Math.min(expected, length * MOST_GROWTH));
}

/** Gives the memory of an array back at once: the collector of garbage would let several of them gather first. */
export function release(array: ArrayBufferView<ArrayBuffer>): void {
  array.buffer.transfer(0);
}

/**
 * A list of doubles that grows: flat memory where an array of numbers would take several times as much. It at least
 * doubles, so that all copying together is linear.
 */
export class GrowableFloat64 {
  private data = new Float64Array(1024);
  private expected = 0;
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) this.grow();
    this.data[this.length++] = value;
  }

  /** Says how long the list may become, so that it grows once to that instead of often. */
  expect(length: number): void {
    this.expected = Math.min(length, MOST_EXPECTED);
  }

  /** A view of what was pushed; valid until the next `push`. */
  view(): Float64Array<ArrayBuffer> {
    return this.data.subarray(0, this.length);
  }

  private grow(): void {
    const grown = new Float64Array(grownLength(this.length, this.expected));
    grown.set(this.data);
    release(this.data);
    this.data = grown;
  }
}

/** A list of single-precision floats that grows in the same way. */
export class GrowableFloat32 {
  private data = new Float32Array(1024);
  private expected = 0;
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) this.grow();
    this.data[this.length++] = value;
  }

  /** Says how long the list may become. */
  expect(length: number): void {
    this.expected = Math.min(length, MOST_EXPECTED);
  }

  /** A view of what was pushed; valid until the next `push`. */
  view(): Float32Array<ArrayBuffer> {
    return this.data.subarray(0, this.length);
  }

  private grow(): void {
    const grown = new Float32Array(grownLength(this.length, this.expected));
    grown.set(this.data);
    release(this.data);
    this.data = grown;
  }
}

/** A list of signed 32-bit integers that grows in the same way. */
export class GrowableInt32 {
  private data = new Int32Array(1024);
  private expected = 0;
  length = 0;

  at(index: number): number {
    return this.data[index]!;
  }

  push(value: number): void {
    if (this.length === this.data.length) this.grow();
    this.data[this.length++] = value;
  }

  /** Says how long the list may become. */
  expect(length: number): void {
    this.expected = Math.min(length, MOST_EXPECTED);
  }

  /** A view of what was pushed; valid until the next `push`. */
  view(): Int32Array<ArrayBuffer> {
    return this.data.subarray(0, this.length);
  }

  private grow(): void {
    const grown = new Int32Array(grownLength(this.length, this.expected));
    grown.set(this.data);
    release(this.data);
    this.data = grown;
  }
}
