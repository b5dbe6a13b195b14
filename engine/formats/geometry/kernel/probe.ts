// What tests ask of the kernel's parts.

import { acosOrZero } from './acos';

/** Arc cosines of an even count of f64, in place. */
export function probeAcos(at: usize, count: i32): void {
  for (let end = at + (<usize>count << 3); at < end; at += 16) v128.store(at, acosOrZero(v128.load(at)));
}
