import type { AssetId, JobId } from '#contracts/ids/ids.ts';
import { hasEnded, type Job, type JobState } from '#contracts/rest/resources/job.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** Seconds that one request waits; shorter than the idle timeouts of usual proxies. */
export const WAIT_SECONDS = 25;

/** Jobs: long work. */
export function createJobs(requester: Requester) {
  const pathOf = (id: JobId) => `/v1/jobs/${id}`;
  return {
    get: (id: JobId) => requester.json<Job>('GET', pathOf(id)),
    /** Newest first. */
    list: ({ state, assetId, ...options }: ListOptions & { state?: JobState; assetId?: AssetId } = {}) =>
      itemsOf<Job>(requester, '/v1/jobs', { state, assetId }, options),
    cancel: (id: JobId) => requester.json<Job>('POST', `${pathOf(id)}/cancel`),
    /** Resolves when the job has ended, whichever way: see its `state`. */
    async wait(id: JobId, { signal }: { signal?: AbortSignal } = {}): Promise<Job> {
      while (true) {
        const headers = { prefer: `wait=${WAIT_SECONDS}` };
        const job = await requester.json<Job>('GET', pathOf(id), { headers, signal });
        if (hasEnded(job)) return job;
      }
    },
  };
}

export type Jobs = ReturnType<typeof createJobs>;
