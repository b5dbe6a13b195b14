import type { ExportFormatFacts, ExportOptions } from '#contracts/model/export-format.ts';
import { LENGTH_UNITS } from '#contracts/model/length-unit.ts';
import { type Matrix, multiply } from '../../describe/matrix.ts';

/** From the world (metres, +Y up) to the space of a file, column by column. */
export function fileSpace(options: ExportOptions, facts: Pick<ExportFormatFacts, 'unit' | 'up'>): Matrix {
  const scale = 1 / LENGTH_UNITS[options.unit ?? facts.unit];
  // A quarter turn about X, so that handedness stays: x, y, z become x, −z, y.
  return (options.up ?? facts.up) === 'z'
    ? [scale, 0, 0, 0, 0, 0, scale, 0, 0, -scale, 0, 0, 0, 0, 0, 1]
    : [scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, scale, 0, 0, 0, 0, 1];
}

/** How positions and normals of a primitive come into a file. */
export class Placement {
  readonly matrix: Matrix;
  /** Whether it mirrors: the order of corners has to be turned for the outside to stay outside. */
  readonly mirrors: boolean;
  readonly #normal: number[];

  constructor(space: Matrix, local: Matrix) {
    const m = multiply(space, local);
    this.matrix = m;
    // Cofactors: the transposed inverse times the determinant (Turkowski, "Properties of surface-normal transformations").
    const cofactors = [
      m[5]! * m[10]! - m[6]! * m[9]!, m[6]! * m[8]! - m[4]! * m[10]!, m[4]! * m[9]! - m[5]! * m[8]!,
      m[2]! * m[9]! - m[1]! * m[10]!, m[0]! * m[10]! - m[2]! * m[8]!, m[1]! * m[8]! - m[0]! * m[9]!,
      m[1]! * m[6]! - m[2]! * m[5]!, m[2]! * m[4]! - m[0]! * m[6]!, m[0]! * m[5]! - m[1]! * m[4]!,
    ]; // biome-ignore format: a matrix reads in rows
    const determinant = m[0]! * cofactors[0]! + m[1]! * cofactors[1]! + m[2]! * cofactors[2]!;
    this.mirrors = determinant < 0;
    this.#normal = this.mirrors ? cofactors.map((value) => -value) : cofactors;
  }

  /** Places points, three numbers each, from `at` of `out` on. */
  points(points: ArrayLike<number>, out: Float32Array | Float64Array, at = 0): void {
    const m = this.matrix;
    for (let i = 0; i + 2 < points.length; i += 3) {
      const x = points[i]!;
      const y = points[i + 1]!;
      const z = points[i + 2]!;
      out[at + i] = m[0]! * x + m[4]! * y + m[8]! * z + m[12]!;
      out[at + i + 1] = m[1]! * x + m[5]! * y + m[9]! * z + m[13]!;
      out[at + i + 2] = m[2]! * x + m[6]! * y + m[10]! * z + m[14]!;
    }
  }

  /** Turns normals and gives them unit length, from `at` of `out` on. Those without a direction stay zero. */
  normals(normals: ArrayLike<number>, out: Float32Array, at = 0): void {
    const n = this.#normal;
    for (let i = 0; i + 2 < normals.length; i += 3) {
      const x = normals[i]!;
      const y = normals[i + 1]!;
      const z = normals[i + 2]!;
      const tx = n[0]! * x + n[3]! * y + n[6]! * z;
      const ty = n[1]! * x + n[4]! * y + n[7]! * z;
      const tz = n[2]! * x + n[5]! * y + n[8]! * z;
      const length = Math.sqrt(tx * tx + ty * ty + tz * tz);
      const factor = length > 0 ? 1 / length : 0;
      out[at + i] = tx * factor;
      out[at + i + 1] = ty * factor;
      out[at + i + 2] = tz * factor;
    }
  }
}
