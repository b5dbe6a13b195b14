import { z } from 'zod';

/** Query of every list. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('Most items of a page'),
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before'),
});

/** Answer of every list. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item).describe('The items of this page'),
    nextCursor: z.string().nullable().describe('The `cursor` of the next page; null: this is the last'),
  });
}

/** One page of a list. */
export interface Page<T> {
  data: T[];
  nextCursor: string | null;
}
