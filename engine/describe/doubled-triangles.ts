import { isCollapsed } from './mesh-surface.ts';

/**
 * Calls `visit` with every triangle that has the same three positions as an earlier one; with `oriented`, only where
 * both face the same side. Triangles with coinciding corners are left out.
 *
 * @param isSame of two such triangles, whether they count as doubles; all do unless given
 */
export function forEachDouble(
  corners: Uint32Array,
  oriented: boolean,
  visit: (triangle: number) => void,
  isSame: (triangle: number, earlier: number) => boolean = () => true,
): void {
  const total = corners.length / 3;
  let size = 1024;
  while (size < total * 1.5) size *= 2;
  // Open addressing; a slot holds a triangle plus one.
  const slots = new Uint32Array(size);
  const key = new Uint32Array(3);
  const other = new Uint32Array(3);
  for (let triangle = 0; triangle < total; triangle++) {
    if (isCollapsed(corners, triangle)) continue;
    writeKey(key, corners, triangle, oriented);
    const hash = Math.imul(key[0]!, 0x9e3779b1) ^ Math.imul(key[1]!, 0x85ebca6b) ^ Math.imul(key[2]!, 0xc2b2ae35);
    let slot = (hash ^ (hash >>> 15)) & (size - 1);
    for (; slots[slot] !== 0; slot = (slot + 1) & (size - 1)) {
      const earlier = slots[slot]! - 1;
      writeKey(other, corners, earlier, oriented);
      const isDouble = key[0] === other[0] && key[1] === other[1] && key[2] === other[2];
      if (isDouble && isSame(triangle, earlier)) break;
    }
    if (slots[slot] === 0) slots[slot] = triangle + 1;
    else visit(triangle);
  }
}

/** The corners from the smallest on, in their order; without `oriented`, the smaller of the other two first. */
function writeKey(key: Uint32Array, corners: Uint32Array, triangle: number, oriented: boolean): void {
  const at = triangle * 3;
  let first = 0;
  for (let k = 1; k < 3; k++) if (corners[at + k]! < corners[at + first]!) first = k;
  const second = corners[at + ((first + 1) % 3)]!;
  const third = corners[at + ((first + 2) % 3)]!;
  const swap = !oriented && second > third;
  key[0] = corners[at + first]!;
  key[1] = swap ? third : second;
  key[2] = swap ? second : third;
}
