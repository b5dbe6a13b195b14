import { z } from 'zod';

/** Highest and lowest priority that a request can ask for. */
export const MOST_PRIORITY = 10;

/** Which of an organisation's jobs comes first. */
export const Priority = z.coerce
  .number()
  .int()
  .min(-MOST_PRIORITY)
  .max(MOST_PRIORITY)
  .default(0)
  .describe(
    'Jobs of higher priority run before others of the organisation; below 0 for what has time. Above 0 needs the role admin',
  );

/** Query of what starts long work. */
export const PriorityQuery = z.object({ priority: Priority });
