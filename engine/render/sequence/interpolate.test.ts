import { describe, expect, it } from 'vitest';
import { type Knot, valueAt } from './interpolate.ts';
import { viewDirections } from './view-directions.ts';

const KNOTS: Knot[] = [
  { time: 1, value: [0, 10] },
  { time: 2, value: [3, 12] },
  { time: 2.5, value: [4, 0] },
  { time: 5, value: [-2, 1] },
];

/** Change of the first value a second, by a small step. */
const speed = (knots: readonly Knot[], time: number, step: number, closed = false) =>
  (valueAt(knots, time + step, 'smooth', closed)[0]! - valueAt(knots, time, 'smooth', closed)[0]!) / step;

describe.each(['smooth', 'linear'] as const)('a %s track', (interpolation) => {
  it('passes through its knots and stands still beyond them', () => {
    for (const { time, value } of KNOTS) {
      valueAt(KNOTS, time, interpolation).forEach((number, i) => {
        expect(number).toBeCloseTo(value[i]!, 12);
      });
    }
    expect(valueAt(KNOTS, 0, interpolation)).toEqual([0, 10]);
    expect(valueAt(KNOTS, 9, interpolation)).toEqual([-2, 1]);
  });

  it('of equal values stays at them', () => {
    const still = KNOTS.map(({ time }) => ({ time, value: [7] }));
    for (let time = 1; time <= 5; time += 0.1) expect(valueAt(still, time, interpolation)[0]).toBeCloseTo(7, 12);
  });

  it('at even speed keeps it', () => {
    const even = KNOTS.map(({ time }) => ({ time, value: [time * 3] }));
    for (let time = 1; time <= 5; time += 0.1) expect(valueAt(even, time, interpolation)[0]).toBeCloseTo(time * 3, 9);
  });
});

describe('a smooth track', () => {
  it('never jumps in speed', () => {
    for (const { time } of KNOTS.slice(1, -1)) {
      expect(speed(KNOTS, time, 1e-6)).toBeCloseTo(speed(KNOTS, time, -1e-6), 3);
    }
  });

  it('that is closed goes on over its seam as it came, full turns included', () => {
    const round: Knot[] = [
      { time: 0, value: [0] },
      { time: 1, value: [100] },
      { time: 3, value: [250] },
      { time: 4, value: [360] },
    ];
    expect(speed(round, 0, 1e-6, true)).toBeCloseTo(speed(round, 4, -1e-6, true), 3);
    expect(speed(round, 0, 1e-6)).not.toBeCloseTo(speed(round, 4, -1e-6), 0);
  });
});

describe('directions of views', () => {
  const dot = (a: readonly number[], b: readonly number[]) => a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;

  it.each([
    ['sphere', 4 * Math.PI],
    ['hemisphere', 2 * Math.PI],
  ] as const)('are spread evenly over the %s', (distribution, area) => {
    const count = 200;
    const all = viewDirections(count, distribution, 0);
    expect(all).toHaveLength(count);
    for (const direction of all) expect(Math.hypot(...direction)).toBeCloseTo(1, 9);
    if (distribution === 'hemisphere') for (const [, y] of all) expect(y).toBeGreaterThan(0);
    // A hexagonal grid with cells of this area has neighbours at this angle; a lattice comes near to it.
    const ideal = Math.sqrt((area / count) * (2 / Math.sqrt(3)));
    for (const one of all) {
      const nearest = Math.min(...all.filter((other) => other !== one).map((other) => Math.acos(dot(one, other))));
      expect(nearest).toBeGreaterThan(0.6 * ideal);
      expect(nearest).toBeLessThan(1.3 * ideal);
    }
  });

  it('are turned about the vertical axis by another seed, as a whole', () => {
    const [one, other] = [viewDirections(50, 'sphere', 1), viewDirections(50, 'sphere', 2)];
    const around = (all: [number, number, number][]) => all.map(([x, , z]) => Math.atan2(x, z));
    const turns = around(one).map((angle, index) => {
      const turn = around(other)[index]! - angle;
      return turn - 2 * Math.PI * Math.floor(turn / (2 * Math.PI));
    });
    for (const [index, turn] of turns.entries()) {
      expect(turn).toBeCloseTo(turns[0]!, 6);
      expect(one[index]![1]).toBe(other[index]![1]);
    }
    expect(turns[0]).toBeGreaterThan(0.01);
  });
});
