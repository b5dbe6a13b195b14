/** Vertices split so that each has one value. */
export interface SplitVertices {
  /** The old vertex of each new one. */
  source: Uint32Array;
  /** The new vertex of each corner. */
  indices: Uint32Array<ArrayBuffer>;
  /** `size` numbers for each new vertex. */
  values: Float32Array<ArrayBuffer>;
}

/**
 * Makes one vertex of each pair of an old vertex and a value that corners of it have.
 *
 * @param corners the old vertex of each corner
 * @param values `size` numbers for each corner
 */
export function splitVertices(corners: ArrayLike<number>, values: Float32Array, size: number): SplitVertices {
  let most = 0;
  for (let i = 0; i < corners.length; i++) most = Math.max(most, corners[i]! + 1);
  const first = new Int32Array(most).fill(-1);
  const next = new Int32Array(corners.length);
  const source = new Uint32Array(corners.length);
  const kept = new Float32Array(corners.length * size);
  const indices = new Uint32Array(corners.length);
  let count = 0;
  for (let i = 0; i < corners.length; i++) {
    let vertex = first[corners[i]!]!;
    while (vertex >= 0 && !isSame(kept, vertex, values, i, size)) vertex = next[vertex]!;
    if (vertex < 0) {
      vertex = count++;
      next[vertex] = first[corners[i]!]!;
      first[corners[i]!] = vertex;
      source[vertex] = corners[i]!;
      for (let k = 0; k < size; k++) kept[vertex * size + k] = values[i * size + k]!;
    }
    indices[i] = vertex;
  }
  return { source: source.slice(0, count), indices, values: kept.slice(0, count * size) };
}

function isSame(a: Float32Array, i: number, b: Float32Array, j: number, size: number): boolean {
  for (let k = 0; k < size; k++) if (a[i * size + k] !== b[j * size + k]) return false;
  return true;
}
