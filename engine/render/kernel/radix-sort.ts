// Sorting by numbers of 32 bits.

/** Bytes of a pair: the key, then what it stands for, u32 each. */
export const PAIR_BYTES: usize = 8;

/**
 * Sorts pairs by key, equal keys in the order they have: eight bits at a time from the lowest, an even number of times, so
 * that the result is where it began. `spare` has room for all of them, `counts` for 1,024 bytes.
 */
export function sortPairs(pairs: usize, spare: usize, counts: usize, n: i32): void {
  let from = pairs, to = spare;
  for (let shift: u32 = 0; shift < 32; shift += 8) {
    memory.fill(counts, 0, 1024);
    for (let i = 0; i < n; i++) {
      const c = counts + <usize>(((load<u32>(from + (<usize>i << 3)) >> shift) & 255) << 2);
      store<u32>(c, load<u32>(c) + 1);
    }
    let sum: u32 = 0;
    for (let c = counts; c < counts + 1024; c += 4) {
      const k = load<u32>(c);
      store<u32>(c, sum);
      sum += k;
    }
    for (let i = 0; i < n; i++) {
      const pair = load<u64>(from + (<usize>i << 3));
      const c = counts + <usize>(((<u32>pair >> shift) & 255) << 2);
      const at = load<u32>(c);
      store<u32>(c, at + 1);
      store<u64>(to + (<usize>at << 3), pair);
    }
    const swap = from;
    from = to;
    to = swap;
  }
}
