import { expect, test } from 'vitest';
import { type Interpolation, Track } from './track.ts';

function at(track: Track, time: number): number[] {
  const out = new Float64Array(track.size + 1);
  track.sample(time, out, 1);
  return [...out.subarray(1)];
}
const track = (times: number[], values: number[], interpolation: Interpolation, rotation = false) =>
  new Track(new Float32Array(times), new Float32Array(values), interpolation, rotation);

test('a step stays until the next key; beyond the ends the value of the end holds', () => {
  const steps = track([1, 2, 4], [10, 20, 40], 'STEP');
  expect([0, 1, 1.99, 2, 3.9, 4, 9].map((time) => at(steps, time)[0])).toEqual([10, 10, 10, 20, 20, 40, 40]);
});

test('values are found in any order of times', () => {
  const line = track([0, 1, 3], [0, 0, 1, 10, 3, 30], 'LINEAR');
  expect(at(line, 2)).toEqual([2, 20]);
  expect(at(line, 0.5)).toEqual([0.5, 5]);
  expect(at(line, 2.5)).toEqual([2.5, 25]);
  expect(at(line, 1)).toEqual([1, 10]);
});

test('a cubic spline follows the formula of glTF 2.0, appendix C.5', () => {
  // In-tangent, value, out-tangent.
  const spline = track([1, 3], [0, 2, 0.5, -1, 5, 0], 'CUBICSPLINE');
  const expected = (t: number) =>
    (2 * t ** 3 - 3 * t ** 2 + 1) * 2 +
    2 * (t ** 3 - 2 * t ** 2 + t) * 0.5 +
    (-2 * t ** 3 + 3 * t ** 2) * 5 +
    2 * (t ** 3 - t ** 2) * -1;
  for (const t of [0.1, 0.25, 0.5, 0.9]) expect(at(spline, 1 + 2 * t)[0]).toBeCloseTo(expected(t), 12);
});

test('rotations turn at even speed on the shorter arc', () => {
  const half = (degrees: number) => (degrees * Math.PI) / 360;
  const about = (degrees: number) => [0, Math.sin(half(degrees)), 0, Math.cos(half(degrees))];
  for (const angle of [0.001, 1, 40, 120, 179]) {
    const turning = track([0, 1], [...about(0), ...about(angle)], 'LINEAR', true);
    for (const t of [0.05, 0.3, 0.5, 0.77]) {
      about(angle * t).forEach((value, i) => {
        expect(at(turning, t)[i]).toBeCloseTo(value, 6);
      });
    }
  }
  const other = track([0, 1], [...about(10), ...about(50).map((value) => -value)], 'LINEAR', true);
  about(30).forEach((value, i) => {
    expect(at(other, 0.5)[i]).toBeCloseTo(value, 6);
  });
});

test('what never changes is constant', () => {
  expect(track([0, 1], [3, 3], 'LINEAR').constant).toBe(true);
  expect(track([0, 1], [3, 4], 'STEP').constant).toBe(false);
  expect(track([0, 1], [0, 3, 1, 0, 3, 0], 'CUBICSPLINE').constant).toBe(false);
});
