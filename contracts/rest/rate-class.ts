/** Classes of operations, each with a rate of its own, and what they are of, in words. */
export const RATE_CLASSES = {
  read: 'requests that read',
  write: 'requests that change something',
  work: 'requests that start long work',
} as const;

/** What a request is counted as. */
export type RateClass = keyof typeof RATE_CLASSES;
