/** A list of doubles that grows by doubling: flat memory where an array of numbers would take several times as much. */
export class GrowableFloat64 {
  private data = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.data.length) {
      const grown = new Float64Array(this.data.length * 2);
      grown.set(this.data);
      this.data = grown;
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
      const grown = new Float32Array(this.data.length * 2);
      grown.set(this.data);
      this.data = grown;
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
      const grown = new Int32Array(this.data.length * 2);
      grown.set(this.data);
      this.data = grown;
    }
    this.data[this.length++] = value;
  }

  /** A view of what was pushed; valid until the next `push`. */
  view(): Int32Array {
    return this.data.subarray(0, this.length);
  }
}
