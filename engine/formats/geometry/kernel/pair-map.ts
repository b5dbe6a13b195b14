// A map from pairs of numbers to numbers, for vertices with very many corners.

/** Two numbers and the value plus 1, 0 in a free slot; u32 each. */
const SLOT: usize = 12;

let slots: usize = 0;
let mask: u32 = 0;

/** Bytes for a map that `openPairs` makes for so many pairs. */
export function pairMapBytes(pairs: u32): usize {
  return <usize>slotsFor(pairs) * SLOT;
}

function slotsFor(pairs: u32): u32 {
  return 1 << (32 - clz(pairs * 2));
}

/** An empty map for at most so many pairs. */
export function openPairs(at: usize, pairs: u32): void {
  slots = at;
  mask = slotsFor(pairs) - 1;
  memory.fill(at, 0, pairMapBytes(pairs));
}

/** The slot of a pair, which is made where there is none, with -1 as value. */
export function slotOfPair(a: u32, b: u32): usize {
  let hash = (<u64>a | (<u64>b << 32)) * 0x9e3779b97f4a7c15;
  hash ^= hash >> 32;
  let slot = <u32>hash & mask;
  while (true) {
    const at = slots + <usize>slot * SLOT;
    if (load<u32>(at, 8) == 0) {
      store<u32>(at, a);
      store<u32>(at, b, 4);
      return at;
    }
    if (load<u32>(at) == a && load<u32>(at, 4) == b) return at;
    slot = (slot + 1) & mask;
  }
}

/** The value of a slot, -1 where it has none yet. */
export function pairValue(slot: usize): i32 {
  return load<i32>(slot, 8) - 1;
}

/** The slot has a value from now on: it is no longer free. */
export function setPairValue(slot: usize, value: i32): void {
  store<i32>(slot, value + 1, 8);
}
