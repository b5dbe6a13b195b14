// Corners that lie one behind the other, three f32 each.

import { hasRoom, vertexAt } from './weld';

/**
 * Numbers `count` corners at `at`, behind which four more bytes are read, and writes their numbers to `indices`. Returns
 * how many it took before there was no room for another position.
 */
export function weldPoints(at: usize, count: u32, indices: usize): u32 {
  for (let i: u32 = 0; i < count; i++) {
    if (!hasRoom(1)) return i;
    store<u32>(indices, vertexAt(v128.load(at)));
    at += 12;
    indices += 4;
  }
  return count;
}
