import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import { inTurns } from './in-turns.ts';

/** Runs that a test ends by hand, and what was said of each. */
function controlled() {
  const runs: { name: string; items: readonly number[]; following: boolean; end: PromiseWithResolvers<number> }[] = [];
  const come = inTurns(async (name: string, items: readonly number[], following) => {
    const end = Promise.withResolvers<number>();
    runs.push({ name, items, following, end });
    return end.promise;
  });
  return { runs, come };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

describe('those who come in turns', () => {
  it('share the next run, which begins when the running one ends, with all who came until then', async () => {
    const { runs, come } = controlled();
    const first = come('a', 1);
    const waiting = [come('a', 2), come('a', 3)];
    const other = come('b', 4);
    expect(runs.map(({ name, items, following }) => [name, items, following])).toEqual([
      ['a', [1], false],
      ['b', [4], false],
    ]);
    runs[0]?.end.resolve(10);
    expect(await first).toBe(10);
    await turns();
    expect(runs.slice(2).map(({ items, following }) => [items, following])).toEqual([[[2, 3], true]]);
    runs[2]?.end.resolve(20);
    runs[1]?.end.resolve(30);
    expect(await Promise.all([...waiting, other])).toEqual([20, 20, 30]);
    // Nobody is left: whoever comes now has a run at once.
    void come('a', 5);
    expect(runs.at(-1)).toMatchObject({ items: [5], following: false });
  });

  it('begin before those who waited for the last run go on', async () => {
    const { runs, come } = controlled();
    const seen = come('a', 1).then(() => runs.length);
    void come('a', 2);
    runs[0]?.end.resolve(0);
    expect(await seen).toBe(2);
  });

  it('get the error of their own run alone', async () => {
    const { runs, come } = controlled();
    const first = come('a', 1);
    const second = come('a', 2);
    runs[0]?.end.reject(new Error('broken'));
    await expect(first).rejects.toThrow('broken');
    await turns();
    runs[1]?.end.resolve(2);
    expect(await second).toBe(2);
  });

  it('run in the name of whoever came first for the run', async () => {
    const who = new AsyncLocalStorage<string>();
    const names: (string | undefined)[] = [];
    const end = Promise.withResolvers<void>();
    const come = inTurns(async (_name: string, _items: readonly number[]) => {
      names.push(who.getStore());
      await end.promise;
    });
    const all = ['ann', 'bob', 'cid'].map((name, index) => who.run(name, () => come('a', index)));
    end.resolve();
    await Promise.all(all);
    expect(names).toEqual(['ann', 'bob']);
  });
});
