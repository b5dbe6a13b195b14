import type { OrganizationId } from '#contracts/ids/ids.ts';

/** Rows asked for by one query at most. */
const MOST_IDS = 100;

/** The reads of one organisation that go on at the moment. */
interface Gathering<Found> {
  /** Of the query that has begun. */
  running: Promise<unknown>;
  /** What the next query asks for, and what it finds. */
  next: { ids: Set<string>; found: Promise<Map<string, Found>> } | undefined;
}

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
  const gatherings = new Map<OrganizationId, Gathering<Found>>();

  async function query(organizationId: OrganizationId, ids: Set<string>): Promise<Map<string, Found>> {
    const found = new Map<string, Found>();
    const all = [...ids];
    for (let from = 0; from < all.length; from += MOST_IDS) {
      for (const one of await read(organizationId, all.slice(from, from + MOST_IDS))) found.set(one.id, one);
    }
    return found;
  }

  function begin(organizationId: OrganizationId, ids: Set<string>): Promise<Map<string, Found>> {
    const found = query(organizationId, ids);
    const gathering: Gathering<Found> = { running: found, next: undefined };
    gatherings.set(organizationId, gathering);
    const ended = () => {
      if (gathering.next === undefined) gatherings.delete(organizationId);
    };
    found.then(ended, ended);
    return found;
  }

  return async (organizationId, id) => {
    const gathering = gatherings.get(organizationId);
    if (gathering === undefined) return (await begin(organizationId, new Set([id]))).get(id);
    if (gathering.next === undefined) {
      const ids = new Set<string>();
      const further = () => begin(organizationId, ids);
      gathering.next = { ids, found: gathering.running.then(further, further) };
    }
    gathering.next.ids.add(id);
    return (await gathering.next.found).get(id);
  };
}
