import { z } from 'zod';

const figure = (what: string) =>
  z.object({
    used: z.number().nonnegative().describe(what),
    limit: z.number().nonnegative().nullable().describe('Null: no limit'),
  });

/** What an organisation has used on one day (UTC). */
export const UsageDay = z.object({
  day: z.iso.date(),
  renderSeconds: z.number().nonnegative().describe('Time that workers spent on its renders, failed attempts included'),
  workSeconds: z.number().nonnegative().describe('Time that workers spent on all of its jobs'),
  jobs: z.int().nonnegative().describe('Jobs that ended'),
  uploadedBytes: z.number().nonnegative(),
  storageBytes: z.number().nonnegative().describe('The most that was stored on that day'),
});

/** What an organisation uses, and what it may. */
export const Usage = z.object({
  storage: figure('Bytes of uploads, models and everything that was made of them'),
  renderSeconds: figure('Of the current month (UTC)'),
  jobsQueued: figure('Jobs that wait'),
  jobsRunning: figure('Jobs at work; more wait for these'),
  days: z.array(UsageDay).describe('The newest first; days without use are left out'),
});

/** Which days are asked for. */
export const UsageQuery = z.object({
  days: z.coerce.number().int().min(1).max(400).default(31).describe('How many days back, today included'),
});

export type UsageDay = z.infer<typeof UsageDay>;
export type Usage = z.infer<typeof Usage>;
