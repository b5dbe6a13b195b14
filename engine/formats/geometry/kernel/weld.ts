// Positions and their numbers: equal ones, bit by bit, have the same. Open addressing, at most half of it filled.

/** Three f32 for each number. */
let positions: usize = 0;
/** Numbers from 1, 0 for a free slot. */
let table: usize = 0;
let mask: u32 = 0;
let shift: u64 = 0;
let vertices: u32 = 0;

/** Numbers that there are. */
export function countVertices(): u32 {
  return vertices;
}

/** Whether so many more may come before the table has to grow. */
export function hasRoom(more: u32): bool {
  return (vertices + more) * 2 <= mask;
}

/**
 * Begins with the first `count` of the positions at `at` (none, or those that there were before the table grew).
 *
 * @param slots 4 bytes each at `slotsAt`, `2 ** bits` of them
 */
export function openTable(at: usize, slotsAt: usize, bits: u32, count: u32): void {
  positions = at;
  table = slotsAt;
  mask = (1 << bits) - 1;
  shift = 64 - bits;
  vertices = count;
  memory.fill(slotsAt, 0, <usize>4 << bits);
  for (let i: u32 = 0; i < count; i++) {
    const k = at + <usize>i * 12;
    let slot = slotOf(load<u64>(k), load<u32>(k, 8));
    while (load<u32>(slotsAt + (<usize>slot << 2)) != 0) slot = (slot + 1) & mask;
    store<u32>(slotsAt + (<usize>slot << 2), i + 1);
  }
}

// @ts-ignore: decorator
@inline
function slotOf(xy: u64, z: u32): u32 {
  return <u32>(((xy ^ (<u64>z * 0xd6e8feb86659fd93)) * 0x9e3779b97f4a7c15) >> shift);
}

/** The number of a position, whose three coordinates are the first of four f32. There is room for one more. */
export function vertexAt(position: v128): u32 {
  // -0 becomes 0.
  const key = f32x4.add(position, f32x4.splat(0));
  const xy = <u64>i64x2.extract_lane(key, 0), z = <u32>i32x4.extract_lane(key, 2);
  let slot = slotOf(xy, z);
  while (true) {
    const known = load<u32>(table + (<usize>slot << 2));
    if (known == 0) break;
    const k = positions + <usize>(known - 1) * 12;
    if (load<u64>(k) == xy && load<u32>(k, 8) == z) return known - 1;
    slot = (slot + 1) & mask;
  }
  const k = positions + <usize>vertices * 12;
  store<u64>(k, xy);
  store<u32>(k, z, 8);
  store<u32>(table + (<usize>slot << 2), vertices + 1);
  return vertices++;
}
