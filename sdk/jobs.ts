import type { AssetId, JobId } from '#contracts/ids/ids.ts';
import type { Job, JobState } from '#contracts/rest/resources/job.ts';
import { hasEnded } from '#contracts/rest/resources/job-end.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** Seconds that one request waits; shorter than the idle timeouts of usual proxies. */
export const WAIT_SECONDS = 25;

/** Seconds between two looks at a job whose progress somebody wants to see. */
const PROGRESS_SECONDS = 1;

/** How to wait for long work. */
export interface WaitOptions {
  signal?: AbortSignal | undefined;
  /** Told of the job as it goes on: its state, stage, share that is done, and seconds that are left. */
  onProgress?: ((job: Job) => void) | undefined;
}

/** Jobs: long work. */
export function createJobs(requester: Requester) {
  const pathOf = (id: JobId) => `/v1/jobs/${id}`;
  return {
    get: (id: JobId) => requester.json<Job>('GET', pathOf(id)),
    /** Newest first. */
    list: ({ state, assetId, ...options }: ListOptions & { state?: JobState; assetId?: AssetId } = {}) =>
      itemsOf<Job>(requester, '/v1/jobs', { state, assetId }, options),
    cancel: (id: JobId) => requester.json<Job>('POST', `${pathOf(id)}/cancel`),
    /** Queues a job that failed or was canceled once more. */
    retry: (id: JobId) => requester.json<Job>('POST', `${pathOf(id)}/retry`),
    /**
     * Resolves when the job has ended, whichever way: see its `state`. With `onProgress` it is asked for each second and
     * told as it is then; without, one request waits for long.
     */
    async wait(id: JobId, { signal, onProgress }: WaitOptions = {}): Promise<Job> {
      while (true) {
        const headers = { prefer: `wait=${onProgress ? PROGRESS_SECONDS : WAIT_SECONDS}` };
        const job = await requester.json<Job>('GET', pathOf(id), { headers, signal });
        onProgress?.(job);
        if (hasEnded(job)) return job;
      }
    },
  };
}

export type Jobs = ReturnType<typeof createJobs>;
