// Sets of references that wait to be split, shared by all threads: last in, first out, under a lock.
//
// Which thread takes which set makes no difference to the trees: a set carries the range of nodes and blocks that it
// may fill, and those ranges follow from numbers of triangles alone.

import { H_CANCEL, H_DONE, H_SETS, H_SETS_LOCK, H_SETS_OPEN, H_SETS_WAITING, HEADER, SET_BYTES } from './layout';

/** The set taken last by this thread. */
export let setMesh: usize = 0;
export let setFirst: i32 = 0;
export let setCount: i32 = 0;
/** Where the reference of the node that the set becomes shall be written. */
export let setCell: usize = 0;
export let setDepth: i32 = 0;
export let setNode: i32 = 0;
export let setBlock: i32 = 0;
export let setBlockCapacity: i32 = 0;

/** Longest sleep of a thread without work, in nanoseconds: it then looks whether the host cancelled. */
const PATIENCE: i64 = 2_000_000;

// @ts-ignore: decorator
@inline
function lock(): void {
  while (atomic.cmpxchg<i32>(HEADER + H_SETS_LOCK, 0, 1) != 0) {}
}

// @ts-ignore: decorator
@inline
function unlock(): void {
  atomic.store<i32>(HEADER + H_SETS_LOCK, 0);
}

/** Adds a set, which is open from then on. */
export function pushSet(mesh: usize, first: i32, count: i32, cell: usize, depth: i32, node: i32, block: i32, capacity: i32): void {
  atomic.add<i32>(HEADER + H_SETS_OPEN, 1);
  lock();
  const waiting = load<i32>(HEADER + H_SETS_WAITING);
  const at = <usize>load<u32>(HEADER + H_SETS) + <usize>waiting * SET_BYTES;
  store<u32>(at, <u32>mesh);
  store<i32>(at, first, 4);
  store<i32>(at, count, 8);
  store<u32>(at, <u32>cell, 12);
  store<i32>(at, depth, 16);
  store<i32>(at, node, 20);
  store<i32>(at, block, 24);
  store<i32>(at, capacity, 28);
  atomic.store<i32>(HEADER + H_SETS_WAITING, waiting + 1);
  unlock();
  atomic.notify(HEADER + H_SETS_WAITING, 1);
}

/** A set is done, all that was split off it apart. */
export function closeSet(): void {
  if (atomic.sub<i32>(HEADER + H_SETS_OPEN, 1) == 1) atomic.notify(HEADER + H_SETS_WAITING, -1);
}

/**
 * Takes a set, waiting for one while others may still be added: until `items` items of the task are done and no set is
 * open. False when none is left or the host cancelled.
 */
export function takeSet(items: i32): bool {
  while (!atomic.load<i32>(HEADER + H_CANCEL)) {
    if (atomic.load<i32>(HEADER + H_SETS_WAITING) > 0) {
      lock();
      const waiting = load<i32>(HEADER + H_SETS_WAITING) - 1;
      if (waiting >= 0) {
        const at = <usize>load<u32>(HEADER + H_SETS) + <usize>waiting * SET_BYTES;
        setMesh = load<u32>(at);
        setFirst = load<i32>(at, 4);
        setCount = load<i32>(at, 8);
        setCell = load<u32>(at, 12);
        setDepth = load<i32>(at, 16);
        setNode = load<i32>(at, 20);
        setBlock = load<i32>(at, 24);
        setBlockCapacity = load<i32>(at, 28);
        atomic.store<i32>(HEADER + H_SETS_WAITING, waiting);
      }
      unlock();
      if (waiting >= 0) return true;
    }
    if (atomic.load<i32>(HEADER + H_DONE) >= items && atomic.load<i32>(HEADER + H_SETS_OPEN) <= 0) return false;
    // Never reached on a single thread, which may be one that must not sleep: what is open then also waits.
    if (atomic.load<i32>(HEADER + H_SETS_WAITING) == 0) atomic.wait<i32>(HEADER + H_SETS_WAITING, 0, PATIENCE);
  }
  return false;
}
