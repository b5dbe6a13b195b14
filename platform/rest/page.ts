import { type Id, type IdKind, idSchema } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import { invalidCursor } from './errors.ts';

/** Which part of a list is asked for. */
export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

/** The id after which (in descending order) a page starts; null for the first page. */
export function startOf<K extends IdKind>(kind: K, request: PageRequest): Id<K> | null {
  if (request.cursor === undefined) return null;
  const parsed = idSchema(kind).safeParse(Buffer.from(request.cursor, 'base64url').toString());
  if (!parsed.success) throw invalidCursor();
  return parsed.data;
}

/**
 * A page of a list that is ordered by descending id, out of `limit + 1` rows. Ids sort by the time they were made, so the
 * list is newest first, and what is added meanwhile shifts nothing.
 */
export function pageOfRows<Row extends { id: string }, T>(
  rows: Row[],
  request: PageRequest,
  toResource: (row: Row) => T,
): Page<T> {
  const shown = rows.slice(0, request.limit);
  const last = rows.length > request.limit ? shown.at(-1) : undefined;
  return {
    data: shown.map(toResource),
    nextCursor: last === undefined ? null : Buffer.from(last.id).toString('base64url'),
  };
}
