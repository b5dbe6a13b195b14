import { expect, test } from 'vitest';
import {
  atan,
  cbrt,
  cos,
  cosDegrees,
  exp,
  exp2,
  floorLog2,
  length3,
  log,
  sin,
  sinDegrees,
  srgbToLinear,
  tanDegrees,
} from './portable-math.ts';

const steps = (from: number, to: number, n = 2000) =>
  Array.from({ length: n + 1 }, (_, i) => from + ((to - from) * i) / n);

test.each([
  ['sin', sin, Math.sin, -20, 20],
  ['cos', cos, Math.cos, -20, 20],
  ['sinDegrees', sinDegrees, (x: number) => Math.sin((x * Math.PI) / 180), -400, 400],
  ['cosDegrees', cosDegrees, (x: number) => Math.cos((x * Math.PI) / 180), -400, 400],
] as const)('%s agrees with the engine to 4e−15', (_, ours, theirs, from, to) => {
  for (const x of steps(from, to)) expect(Math.abs(ours(x) - theirs(x))).toBeLessThan(4e-15);
});

test.each([
  ['tanDegrees', tanDegrees, (x: number) => Math.tan((x * Math.PI) / 180), 1, 75],
  ['exp2', exp2, (x: number) => 2 ** x, -40, 40],
  ['exp', exp, Math.exp, -30, 30],
  ['log', log, Math.log, 1e-4, 0.99],
  ['cbrt', cbrt, Math.cbrt, -1e-9, 5e9],
  ['atan', atan, Math.atan, 0.001, 40],
  ['atan below zero', atan, Math.atan, -2, -0.001],
  ['log of what is large', log, Math.log, 1.01, 1e12],
  ['srgbToLinear', srgbToLinear, (x: number) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4), 0.0001, 1],
] as const)('%s agrees with the engine to 1e−14 of the result', (_, ours, theirs, from, to) => {
  for (const x of steps(from, to)) expect(Math.abs(ours(x) / theirs(x) - 1)).toBeLessThan(1e-14);
});

test('what is exact is exact', () => {
  expect([0, 90, 180, 270, -90].map(sinDegrees).map((x) => x + 0)).toEqual([0, 1, 0, -1, -1]);
  expect([0, 90, 180, 270, -90].map(cosDegrees).map((x) => x + 0)).toEqual([1, 0, -1, 0, 0]);
  expect([-10, -1, 0, 1, 10].map(exp2)).toEqual([1 / 1024, 0.5, 1, 2, 1024]);
  expect(log(1)).toBe(0);
  expect([exp(-1e9), exp(0), exp(1e9), cbrt(0), atan(0)]).toEqual([0, 1, Infinity, 0, 0]);
  expect([1, 2, 3, 4, 1023, 1024, 4294967295].map(floorLog2)).toEqual([0, 1, 1, 2, 9, 10, 31]);
  expect(srgbToLinear(1)).toBe(1);
  expect(length3(2, 3, 6)).toBe(7);
});
