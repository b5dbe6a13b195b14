import { z } from 'zod';

/** Query of a change that builds on what was read: `If-Match` of the public API as it is. */
export const IfMatchQuery = z.object({ ifMatch: z.string().max(2000).optional() });
