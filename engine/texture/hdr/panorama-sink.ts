/** Width and height of a picture in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** Largest value that a pixel keeps: a hundred times the sun's radiance over that of the sky. */
const MOST = 1e9;
/** Stands for infinity, which half floats write where light passes their range. */
const INFINITE = 65504;

/** Radiance as the renderer takes it: not negative, finite. */
function usable(value: number): number {
  return value > 0 ? Math.min(value === Infinity ? INFINITE : value, MOST) : 0;
}

/** Takes the rows of a picture and leaves it, made smaller where it is too large, as RGBA of 32-bit floats. */
export class PanoramaSink {
  readonly #source: PictureSize;
  readonly #size: PictureSize;
  readonly #target: Float32Array;
  readonly #columns: Uint32Array;

  /**
   * @param source Size of the picture whose rows come.
   * @param size Its size in `target`, at most that of the source: each pixel there is the mean of those that fall on it.
   * @param target `4 · width · height` numbers, rows from the top.
   */
  constructor(source: PictureSize, size: PictureSize, target: Float32Array) {
    this.#source = source;
    this.#size = size;
    this.#target = target.fill(0);
    this.#columns = Uint32Array.from(
      { length: source.width },
      (_, x) => Math.floor((x * size.width) / source.width) * 4,
    );
  }

  /** Adds row `y` of the source: linear RGB, pixel by pixel. */
  addRow(y: number, row: ArrayLike<number>): void {
    const { width } = this.#source;
    const base = Math.floor((y * this.#size.height) / this.#source.height) * this.#size.width * 4;
    for (let x = 0, i = 0; x < width; x++, i += 3) {
      const o = base + this.#columns[x]!;
      this.#target[o]! += usable(row[i]!);
      this.#target[o + 1]! += usable(row[i + 1]!);
      this.#target[o + 2]! += usable(row[i + 2]!);
      this.#target[o + 3]! += 1;
    }
  }

  /** Turns sums into means, after the last row. */
  finish(): void {
    const t = this.#target;
    for (let o = 0; o < t.length; o += 4) {
      const k = 1 / Math.max(1, t[o + 3]!);
      t[o]! *= k;
      t[o + 1]! *= k;
      t[o + 2]! *= k;
      t[o + 3] = 0;
    }
  }
}
