import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#contracts/ids/ids.ts';
import { DATA_API } from '#contracts/rest/data-api.ts';
import type { RestClient } from './endpoint-types.ts';
import { createRestClient } from './rest-client.ts';
import type { RestCall } from './rest-transport.ts';
import { shareReads } from './share-reads.ts';

/** What a store without any cache would do: reads take a moment, and find what is there when they end. */
function openStore() {
  const reads: RestCall[] = [];
  let name = 'first';
  let failing = false;
  const transport = async (call: RestCall): Promise<unknown> => {
    if (call.endpoint.method !== 'GET') {
      name = (call.input.body as { name: string }).name;
      return { name };
    }
    reads.push(call);
    const found = { name, read: reads.length };
    await sleep(5);
    if (failing) throw new Error(`read ${reads.length} failed`);
    return found;
  };
  return { reads, transport, fail: (now: boolean) => (failing = now) };
}

describe('reads that are shared', () => {
  let store: ReturnType<typeof openStore>;
  let data: RestClient<typeof DATA_API>;
  const ours = { 'x-maquette-organization': newId('organization') };
  const theirs = { 'x-maquette-organization': newId('organization') };
  const params = { projectId: newId('project') };
  beforeEach(() => {
    store = openStore();
    data = createRestClient(DATA_API, shareReads(store.transport));
  });

  it('are one for all that come while another is on its way', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => data.getProject({ headers: ours, params })));
    expect(store.reads).toHaveLength(2);
    expect(new Set(answers).size).toBe(2);
    await data.getProject({ headers: ours, params });
    expect(store.reads).toHaveLength(3);
  });

  it('begin after each of their calls: who has changed something reads the change', async () => {
    for (let round = 0; round < 20; round++) {
      const before = Array.from({ length: 5 }, () => data.getProject({ headers: ours, params }));
      await sleep(Math.random() * 8);
      await data.updateProject({ headers: ours, params, body: { name: `round ${round}` } });
      const after = await Promise.all(Array.from({ length: 5 }, () => data.getProject({ headers: ours, params })));
      expect(after.map(({ name }) => name)).toEqual(Array(5).fill(`round ${round}`));
      await Promise.all(before);
    }
  });

  it('are of one organisation, one resource and one question', async () => {
    await Promise.all([
      data.getProject({ headers: ours, params }),
      data.getProject({ headers: theirs, params }),
      data.getProject({ headers: { ...ours, 'x-maquette-test': 'true' }, params }),
      data.getProject({ headers: ours, params: { projectId: newId('project') } }),
      data.listProjects({ headers: ours, query: { limit: 1 } }),
      data.listProjects({ headers: ours, query: { limit: 2 } }),
    ]);
    expect(store.reads).toHaveLength(6);
  });

  it('do not stand in the way of one another when they fail', async () => {
    store.fail(true);
    const failed = await Promise.allSettled([1, 2, 3].map(() => data.getProject({ headers: ours, params })));
    expect(failed.map(({ status }) => status)).toEqual(Array(3).fill('rejected'));
    expect(store.reads).toHaveLength(2);
    store.fail(false);
    expect(await data.getProject({ headers: ours, params })).toMatchObject({ read: 3 });
  });

  it('are none of the calls that their caller may give up', async () => {
    const { signal } = new AbortController();
    const jobs = { headers: ours, params: { jobId: newId('job') }, query: { wait: 60 } };
    await Promise.all([data.getJob(jobs, { signal }), data.getJob(jobs, { signal }), data.getJob(jobs, { signal })]);
    expect(store.reads).toHaveLength(3);
  });
});
