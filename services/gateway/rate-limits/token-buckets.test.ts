import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenBuckets } from './token-buckets.ts';

describe('a token bucket', () => {
  it('gives its quota at once, then one by one, and is full again after its window', () => {
    let now = 1_000;
    const buckets = new TokenBuckets({ quota: 6, seconds: 60 }, { now: () => now });
    const left = Array.from({ length: 6 }, () => buckets.take('a').remaining);
    expect(left).toEqual([5, 4, 3, 2, 1, 0]);
    expect(buckets.take('a')).toEqual({ allowed: false, remaining: 0, resetSeconds: 60, retrySeconds: 10 });
    expect(buckets.take('b').allowed).toBe(true);
    now += 9_999;
    expect(buckets.look('a')).toMatchObject({ allowed: false, retrySeconds: 1 });
    now += 1;
    expect(buckets.take('a')).toMatchObject({ allowed: true, remaining: 0 });
    expect(buckets.take('a').allowed).toBe(false);
    now += 60_000;
    expect(buckets.look('a')).toEqual({ allowed: true, remaining: 6, resetSeconds: 0, retrySeconds: 0 });
  });

  it('never gives more than quota and refill, whatever the pattern', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 300 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 20 }), (pauses, quota, seconds) => {
        let now = 0;
        const buckets = new TokenBuckets({ quota, seconds }, { now: () => now });
        let given = 0;
        for (const pause of pauses) {
          now += pause;
          const { allowed, retrySeconds } = buckets.take('a');
          if (allowed) given++;
          else expect(retrySeconds).toBeGreaterThan(0);
          expect(given).toBeLessThanOrEqual(quota + (now / 1000 / seconds) * quota + 1e-6);
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it('remembers a bounded number of clients, the busy ones longest', () => {
    let now = 0;
    const buckets = new TokenBuckets({ quota: 2, seconds: 10 }, { capacity: 3, now: () => now });
    for (const name of ['a', 'a', 'b', 'c']) buckets.take(name);
    expect(buckets.take('a').allowed).toBe(false);
    buckets.take('d');
    // `a` was the least lately used of four.
    expect(buckets.look('a').remaining).toBe(2);
    expect(buckets.look('b').remaining).toBe(1);
    now += 10_000;
    for (const name of ['e', 'f', 'g', 'h']) buckets.take(name);
    expect(buckets.look('b').remaining).toBe(2);
  });
});
