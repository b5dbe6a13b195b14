/** Triangle corners of which equal positions became one vertex. */
export interface WeldedPositions {
  /** Three for each vertex, in the order of their first appearance. */
  positions: Float32Array;
  /** The vertex of each corner. */
  indices: Uint32Array;
}

/**
 * Gives corners at exactly the same position one vertex (bit by bit; -0 is 0). Open addressing over the bit patterns:
 * flat memory, and values that are no numbers find themselves as well.
 *
 * @param corners three numbers for each corner
 */
export function weldPositions(corners: Float32Array): WeldedPositions {
  const count = Math.floor(corners.length / 3);
  // Half the table stays free when no two corners are equal; for a closed mesh there are six times fewer vertices.
  let size = 1024;
  while (size < count * 1.4) size *= 2;
  const mask = size - 1;
  const table = new Int32Array(size).fill(-1);
  const positions = new Float32Array(count * 3);
  const bits = new Int32Array(positions.buffer);
  const indices = new Uint32Array(count);
  let vertices = 0;
  for (let corner = 0; corner < count; corner++) {
    const at = vertices * 3;
    positions[at] = corners[corner * 3]! + 0;
    positions[at + 1] = corners[corner * 3 + 1]! + 0;
    positions[at + 2] = corners[corner * 3 + 2]! + 0;
    const x = bits[at]!;
    const y = bits[at + 1]!;
    const z = bits[at + 2]!;
    const hash = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const known = table[slot]!;
      if (known < 0) {
        table[slot] = vertices;
        indices[corner] = vertices++;
        break;
      }
      const k = known * 3;
      if (bits[k] === x && bits[k + 1] === y && bits[k + 2] === z) {
        indices[corner] = known;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return { positions: positions.slice(0, vertices * 3), indices };
}
