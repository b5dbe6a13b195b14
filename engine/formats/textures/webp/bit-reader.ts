/** Reads bits from the lowest of each byte on. */
export class BitReader {
  private readonly bytes: Uint8Array;
  private at = 0;
  private held = 0;
  private count = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The next bits without taking them, at most 16; zeros behind the end. */
  peek(bits: number): number {
    while (this.count < bits) {
      this.held |= (this.bytes[this.at++] ?? 0) << this.count;
      this.count += 8;
    }
    return this.held & ((1 << bits) - 1);
  }

  /** @throws RangeError behind the end */
  skip(bits: number): void {
    this.held >>>= bits;
    this.count -= bits;
    // What was peeked behind the end may lie in `held`, but never be taken.
    if (this.at * 8 - this.count > this.bytes.length * 8) throw new RangeError('the image data is cut off');
  }

  /** At most 24 bits. */
  read(bits: number): number {
    if (bits > 16) {
      const low = this.read(16);
      return low | (this.read(bits - 16) << 16);
    }
    const value = this.peek(bits);
    this.skip(bits);
    return value;
  }
}
