/** Sixteen numbers, column by column. */
export type Matrix = number[];

/** The product of two matrices in column-major order. */
export function multiply(a: Matrix, b: ArrayLike<number>): Matrix {
  const out: Matrix = new Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += a[k * 4 + row]! * b[column * 4 + k]!;
      out[column * 4 + row] = sum;
    }
  }
  return out;
}
