/**
 * A list of doubles that grows by doubling: flat memory where an array of numbers would take several times as much.
 * The old half is handed over and free at once, so that two copies never wait for the garbage collector.
 */
export class GrowableFloat64 {
  private data = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      this.data = new Float64Array(this.data.buffer.transfer(this.data.byteLength * 2));
    }
    this.data[this.length++] = value;
  }

  /** A view of what was pushed; valid until the next `push`. */
  view(): Float64Array {
    return this.data.subarray(0, this.length);
  }
}

/** A list of single-precision floats that grows by doubling. */
export class GrowableFloat32 {
  private data = new Float32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      this.data = new Float32Array(this.data.buffer.transfer(this.data.byteLength * 2));
    }
    this.data[this.length++] = value;
  }

  /** A view of what was pushed; valid until the next `push`. */
  view(): Float32Array {
    return this.data.subarray(0, this.length);
  }
}

/** A list of signed 32-bit integers that grows by doubling. */
export class GrowableInt32 {
  private data = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      this.data = new Int32Array(this.data.buffer.transfer(this.data.byteLength * 2));
    }
    this.data[this.length++] = value;
  }

  /** A view of what was pushed; valid until the next `push`. */
  view(): Int32Array {
    return this.data.subarray(0, this.length);
  }
}
