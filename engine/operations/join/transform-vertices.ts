import { type Affine, cofactors, determinant } from '../../render/matrix.ts';

/** Whether a transform turns a left hand into a right one. */
export function isMirroring(matrix: Affine): boolean {
  return determinant(matrix) < 0;
}

/**
 * Moves one attribute of vertices to another space, where it lies: positions by the matrix, normals by the transpose of
 * its inverse, tangents by its linear part; directions have unit length then. Of tangents the fourth number stays.
 *
 * @param values three numbers for each vertex, of tangents four
 */
export function transformVertices(values: Float32Array, semantic: string, matrix: Affine): void {
  if (semantic === 'POSITION') movePoints(values, matrix);
  else if (semantic === 'NORMAL') turnDirections(values, 3, normalMatrix(matrix));
  else turnDirections(values, 4, Float64Array.of(...[0, 1, 2, 4, 5, 6, 8, 9, 10].map((at) => matrix[at]!)));
}

/** Up to its length, the transpose of the inverse of the linear part. */
function normalMatrix(matrix: Affine): Float64Array {
  const out = cofactors(matrix);
  return isMirroring(matrix) ? out.map((value) => -value) : out;
}

function movePoints(values: Float32Array, matrix: Affine): void {
  const [a, b, c, d, e, f, g, h, i, j, k, l] = matrix as unknown as number[] as Twelve;
  for (let at = 0; at < values.length; at += 3) {
    const x = values[at]!;
    const y = values[at + 1]!;
    const z = values[at + 2]!;
    values[at] = a * x + b * y + c * z + d;
    values[at + 1] = e * x + f * y + g * z + h;
    values[at + 2] = i * x + j * y + k * z + l;
  }
}

type Twelve = [number, number, number, number, number, number, number, number, number, number, number, number];

/** @param linear nine numbers, row by row */
function turnDirections(values: Float32Array, size: 3 | 4, linear: Float64Array): void {
  const [a, b, c, d, e, f, g, h, i] = linear as unknown as Twelve;
  for (let at = 0; at < values.length; at += size) {
    const x = values[at]!;
    const y = values[at + 1]!;
    const z = values[at + 2]!;
    const u = a * x + b * y + c * z;
    const v = d * x + e * y + f * z;
    const w = g * x + h * y + i * z;
    const length = Math.sqrt(u * u + v * v + w * w) || 1;
    values[at] = u / length;
    values[at + 1] = v / length;
    values[at + 2] = w / length;
  }
}
