import type { AnyEvent } from '#contracts/events/events.ts';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import type { Bus } from '#platform/bus/bus.ts';

/** Events that are read in one go while catching up. */
const CATCH_UP_PAGE = 500;

/**
 * The stream of events after a position. The newest and the oldest recorded position come first and at once, without an
 * event: the place in the stream is fixed from then on.
 *
 * @param request `after` -1 begins with what is new, before which nothing is missing; `once` ends with the last recorded
 * event
 */
export async function* eventsAfter(
  bus: Bus,
  request: { after: number; organizationId: OrganizationId | undefined; once: boolean },
  signal: AbortSignal,
): AsyncGenerator<{ position: number; event: AnyEvent } | { newest: number; oldest: number }> {
  const { organizationId, once } = request;
  const fromNow = request.after === -1;
  const newest = await bus.newestPosition();
  const oldest = fromNow ? 0 : await bus.oldestPosition();
  const after = fromNow ? newest : request.after;
  yield { newest, oldest };
  if (once && fromNow) return;
  if (!once) {
    yield* bus.subscribe(after, signal, organizationId);
    return;
  }
  let position = after;
  while (!signal.aborted) {
    const page = await bus.read(position, CATCH_UP_PAGE, organizationId);
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < CATCH_UP_PAGE) return;
    position = last.position;
  }
}
