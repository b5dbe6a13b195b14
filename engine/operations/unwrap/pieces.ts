/**
 * Cuts triangles into pieces of at most `most` each, compact ones: again and again at the median of their middles along
 * the longest side of these.
 *
 * @param indices three for each triangle
 * @returns the triangles of each piece, by their number
 */
export function cutIntoPieces(positions: Float32Array, indices: ArrayLike<number>, most: number): Uint32Array[] {
  const count = indices.length / 3;
  const middles = new Float32Array(count * 3);
  for (let i = 0; i < indices.length; i++) {
    const to = Math.floor(i / 3) * 3;
    for (let k = 0; k < 3; k++) middles[to + k] = middles[to + k]! + positions[indices[i]! * 3 + k]! / 3;
  }
  const pieces: Uint32Array[] = [];
  const open = [Uint32Array.from({ length: count }, (_, i) => i)];
  for (let piece = open.pop(); piece; piece = open.pop()) {
    if (piece.length <= most) {
      pieces.push(piece);
      continue;
    }
    const axis = longestAxis(middles, piece);
    // By number where middles are level, so that the cut is the same on every machine.
    piece.sort((a, b) => middles[a * 3 + axis]! - middles[b * 3 + axis]! || a - b);
    const half = piece.length >> 1;
    open.push(piece.slice(half).sort(), piece.slice(0, half).sort());
  }
  return pieces;
}

function longestAxis(middles: Float32Array, piece: Uint32Array): number {
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (const triangle of piece) {
    for (let k = 0; k < 3; k++) {
      const value = middles[triangle * 3 + k]!;
      min[k] = Math.min(min[k]!, value);
      max[k] = Math.max(max[k]!, value);
    }
  }
  const sides = max.map((value, k) => value - min[k]!);
  return sides.indexOf(Math.max(...sides));
}
