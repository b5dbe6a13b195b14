import { z } from 'zod';

/** How long a key counts, in hours. */
export const IDEMPOTENCY_HOURS = 24;

/** A key that a client chooses for a request, to be able to repeat it: 1 to 255 visible ASCII characters. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible ASCII characters without spaces, a UUID for one');

/** Headers of every operation that makes or starts something. */
export const IdempotencyHeaders = z.object({
  'idempotency-key': IdempotencyKey.optional().describe(
    `Makes it safe to repeat the request: with the same key within ${IDEMPOTENCY_HOURS} hours it has its effect once, and each repetition gets the first answer. A UUID for each new request`,
  ),
});
