import type { Page } from '#contracts/rest/page.ts';
import type { Query, Requester } from './request.ts';

/** What every list may be told beside its filters. */
export interface ListOptions {
  /** Items that are asked for at once, 1 to 200; 50 unless given. */
  pageSize?: number;
  signal?: AbortSignal;
}

/** The items of a list, page after page as they are taken. */
export async function* itemsOf<T>(
  requester: Requester,
  path: string,
  filter: Query,
  { pageSize, signal }: ListOptions,
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const query = { ...filter, limit: pageSize, cursor };
    const page: Page<T> = await requester.json('GET', path, { query, signal });
    yield* page.data;
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
}

/** The whole of a list that is never long. */
export async function allOf<T>(requester: Requester, path: string, filter: Query = {}): Promise<T[]> {
  const items: T[] = [];
  for await (const item of itemsOf<T>(requester, path, filter, { pageSize: 200 })) items.push(item);
  return items;
}
