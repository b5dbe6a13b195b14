import type { JobState } from './job.ts';

/** Whether a job, or what waits for one, has ended, one way or another. Beside the schema, which clients need not load. */
export function hasEnded({ state }: { state: JobState }): boolean {
  return state !== 'queued' && state !== 'running';
}
