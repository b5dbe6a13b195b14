// Work items: every thread takes the next one until none is left.

import { H_CANCEL, H_NEXT, HEADER } from './layout';

/** Number of the next item of the running task; beyond every end once the host has canceled. */
// @ts-ignore: decorator
@inline
export function next(): i32 {
  return atomic.load<i32>(HEADER + H_CANCEL) ? i32.MAX_VALUE : atomic.add<i32>(HEADER + H_NEXT, 1);
}
