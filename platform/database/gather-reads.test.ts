import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { gatherReads } from './gather-reads.ts';

const ours = newId('organization');
const theirs = newId('organization');

/** Rows that a query finds as they are when it begins; all ids are there but `missing`. */
function openRows() {
  const queries: { organizationId: string; ids: string[] }[] = [];
  const state = { revision: 1, failing: false };
  const read = gatherReads(async (organizationId, ids: string[]) => {
    queries.push({ organizationId, ids });
    const { revision, failing } = state;
    await sleep(3);
    if (failing) throw new Error('the database is away');
    return ids.filter((id) => id !== 'missing').map((id) => ({ id, organizationId, revision }));
  });
  return { queries, state, read };
}

it('asks for what comes meanwhile with one query, and keeps organisations apart', async () => {
  const { queries, read } = openRows();
  const ids = ['a', 'b', 'c', 'b', 'missing'];
  const found = await Promise.all([...ids.map((id) => read(ours, id)), ...ids.map((id) => read(theirs, id))]);
  expect(queries).toEqual([
    { organizationId: ours, ids: ['a'] },
    { organizationId: theirs, ids: ['a'] },
    { organizationId: ours, ids: ['b', 'c', 'missing'] },
    { organizationId: theirs, ids: ['b', 'c', 'missing'] },
  ]);
  expect(found.map((one) => one && `${one.organizationId} ${one.id}`)).toEqual(
    [ours, theirs].flatMap((organization) => ids.map((id) => (id === 'missing' ? undefined : `${organization} ${id}`))),
  );
});

it('asks for no more rows at once than a query may have', async () => {
  const { queries, read } = openRows();
  const found = await Promise.all(Array.from({ length: 251 }, (_, index) => read(ours, `id ${index}`)));
  expect(found.every((one, index) => one?.id === `id ${index}`)).toBe(true);
  expect(queries.map(({ ids }) => ids.length)).toEqual([1, 100, 100, 50]);
});

it('gives each what was there after it was asked for', async () => {
  const { state, read } = openRows();
  const before: Promise<unknown>[] = [];
  for (let round = 0; round < 30; round++) {
    before.push(read(ours, 'a'), read(ours, 'b'));
    await sleep(Math.random() * 4);
    state.revision += 1;
    const { revision } = state;
    const [one, other] = await Promise.all([read(ours, 'a'), read(ours, 'c')]);
    expect([one?.revision, other?.revision]).toEqual([revision, revision]);
  }
  await Promise.all(before);
});

it('goes on after a query that failed', async () => {
  const { state, read } = openRows();
  state.failing = true;
  const failed = await Promise.allSettled(['a', 'b', 'c'].map((id) => read(ours, id)));
  expect(failed.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
  state.failing = false;
  expect(await read(ours, 'a')).toMatchObject({ id: 'a' });
});
