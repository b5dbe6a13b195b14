import type { OrganizationId } from '#contracts/ids/ids.ts';
import { inTurns } from '../turns/in-turns.ts';

/** Rows asked for by one query at most. */
const MOST_IDS = 100;

/**
 * Makes one query of the reads by id that come while another is on its way: a database answers one query of ten rows in
 * about the time of one row. Each gets what a query found that began after it was asked for, so nothing is older than it
 * would be alone. A read that comes alone is a query at once.
 *
 * @param read all that there is of some ids, in any order
 * @returns reads one; undefined when it is not there
 */
export function gatherReads<Found extends { id: string }>(
  read: (organizationId: OrganizationId, ids: Found['id'][]) => Promise<Found[]>,
): (organizationId: OrganizationId, id: Found['id']) => Promise<Found | undefined> {
  const rows = inTurns(async (organizationId: OrganizationId, asked: readonly Found['id'][]) => {
    const found = new Map<string, Found>();
    const ids = [...new Set(asked)];
    for (let from = 0; from < ids.length; from += MOST_IDS) {
      for (const one of await read(organizationId, ids.slice(from, from + MOST_IDS))) found.set(one.id, one);
    }
    return found;
  });
  return async (organizationId, id) => (await rows(organizationId, id)).get(id);
}
