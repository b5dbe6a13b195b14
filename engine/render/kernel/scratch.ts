// Scratch memory of the threads.

import { SCRATCH, SCRATCH_STRIDE } from './layout';

/** Scratch memory of a thread: the traversal stack from its start on, and whatever a pass keeps behind it. */
// @ts-ignore: decorator
@inline
export function stackOf(thread: i32): usize {
  return <usize>SCRATCH + <usize>thread * SCRATCH_STRIDE;
}
