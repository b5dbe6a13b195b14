// Splats sorted by distance, and listed by the tiles that they reach into.

import { H_SPLAT_COUNT, H_SPLAT_ENTRIES, H_SPLAT_ENTRY_COUNT, H_SPLAT_TILES, H_SPLAT_VISIBLE, HEADER } from './layout';
import { sortPairs } from './radix-sort';
import { stackOf } from './scratch';
import { pairAt, UNSEEN, V_RECT, viewAt } from './splat-view';
import { tileColumns, tileRows } from './tiles';

/** Sorts what is seen by distance, equal distances by index, and counts what every tile will list. */
export function sortSplats(): void {
  const count = load<i32>(HEADER + H_SPLAT_COUNT);
  let visible = 0;
  for (let i = 0; i < count; i++) {
    if (load<u32>(pairAt(i)) != UNSEEN) store<u64>(pairAt(visible++), load<u64>(pairAt(i)));
  }
  sortPairs(pairAt(0), pairAt(count), stackOf(0), visible);
  store<i32>(HEADER + H_SPLAT_VISIBLE, visible);
  const columns = tileColumns(), rows = tileRows();
  const tiles = <usize>load<u32>(HEADER + H_SPLAT_TILES);
  memory.fill(tiles, 0, <usize>(columns * rows + 1) << 2);
  let entries: u64 = 0;
  for (let i = 0; i < visible; i++) {
    const v = viewAt(load<u32>(pairAt(i), 4));
    const x1 = <i32>load<u16>(v, V_RECT + 4), y1 = <i32>load<u16>(v, V_RECT + 6);
    for (let y = <i32>load<u16>(v, V_RECT + 2); y <= y1; y++) {
      for (let x = <i32>load<u16>(v, V_RECT); x <= x1; x++) {
        const slot = tiles + (<usize>(y * columns + x) << 2);
        store<u32>(slot, load<u32>(slot) + 1);
        entries++;
      }
    }
  }
  store<u32>(HEADER + H_SPLAT_ENTRY_COUNT, entries < 0xffffffff ? <u32>entries : 0xffffffff);
  // Starts of the tiles' lists.
  let sum: u32 = 0;
  for (let i = 0; i <= columns * rows; i++) {
    const slot = tiles + (<usize>i << 2);
    const n = load<u32>(slot);
    store<u32>(slot, sum);
    sum += n;
  }
}

/** Fills the lists of the tiles in order of distance. Starts move to ends on the way: a tile begins where the one before ends. */
export function binSplats(): void {
  const visible = load<i32>(HEADER + H_SPLAT_VISIBLE);
  const columns = tileColumns();
  const tiles = <usize>load<u32>(HEADER + H_SPLAT_TILES), entries = <usize>load<u32>(HEADER + H_SPLAT_ENTRIES);
  for (let i = 0; i < visible; i++) {
    const index = load<u32>(pairAt(i), 4);
    const v = viewAt(index);
    const x1 = <i32>load<u16>(v, V_RECT + 4), y1 = <i32>load<u16>(v, V_RECT + 6);
    for (let y = <i32>load<u16>(v, V_RECT + 2); y <= y1; y++) {
      for (let x = <i32>load<u16>(v, V_RECT); x <= x1; x++) {
        const slot = tiles + (<usize>(y * columns + x) << 2);
        const to = load<u32>(slot);
        store<u32>(entries + (<usize>to << 2), index);
        store<u32>(slot, to + 1);
      }
    }
  }
}
