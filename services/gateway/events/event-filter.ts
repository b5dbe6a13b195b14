import type { AnyEvent } from '#contracts/events/events.ts';
import type { EventQuery } from '#contracts/rest/operations/events.ts';

/** Whether an event is one that a listener asked for. Filters that are left out let everything pass. */
export function matchesFilter(event: AnyEvent, filter: EventQuery): boolean {
  if (filter.types && !filter.types.includes(event.type)) return false;
  if (filter.project && event.projectId !== filter.project) return false;
  if (filter.job && !('jobId' in event.data && event.data.jobId === filter.job)) return false;
  if (filter.asset && !('assetId' in event.data && event.data.assetId === filter.asset)) return false;
  return true;
}
