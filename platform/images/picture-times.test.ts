import { expect, it } from 'vitest';
import { PictureTimes } from './picture-times.ts';

/** Seconds at which a picture was due, of passes at these seconds. */
function dueAt(passes: readonly number[]): number[] {
  let now = 5_000;
  const times = new PictureTimes(() => now);
  return passes.filter((seconds) => {
    now = 5_000 + seconds * 1000;
    return times.due();
  });
}

it('pictures come after times that double, and never two within a second', () => {
  const everyTenth = Array.from({ length: 700 }, (_, i) => (i + 1) / 10);
  expect(dueAt(everyTenth)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  expect(dueAt([0.2, 0.4, 0.9])).toEqual([]);
  // Passes that take long: each is shown, as far as the time has doubled.
  expect(dueAt([3, 6, 9, 12, 15])).toEqual([3, 6, 12]);
});
