import { describe, expect, it } from 'vitest';
import { UniqueNames } from './unique-names.ts';

describe('UniqueNames', () => {
  it('adds the first number that is free, before the ending', () => {
    const names = new UniqueNames({ ignoresCase: true });
    const made = ['a', 'A', 'a_3', 'a', 'a'].map((name) => names.unique(name, '.png'));
    expect(made).toEqual(['a.png', 'A_2.png', 'a_3.png', 'a_4.png', 'a_5.png']);
    const others = new UniqueNames({ first: 1 });
    expect(['a', 'A', 'a', 'a_1', 'a'].map((name) => others.unique(name))).toEqual(['a', 'A', 'a_1', 'a_1_1', 'a_2']);
  });

  it('takes time in proportion to the names, however many are alike', () => {
    const names = new UniqueNames();
    const made = new Set(Array.from({ length: 200_000 }, () => names.unique('part')));
    expect([made.size, made.has('part_200000')]).toEqual([200_000, true]);
  }, 20_000);
});
