import { z } from 'zod';
import { PublicError } from '../../events/envelope.ts';
import { idSchema } from '../../ids/ids.ts';
import { ShownJobKind } from '../../jobs/job-kinds.ts';

export const JobState = z.enum(['queued', 'running', 'succeeded', 'failed', 'canceled']);

/** A long operation. */
export const Job = z.object({
  id: idSchema('job'),
  kind: ShownJobKind.describe('What it does'),
  state: JobState.describe('`queued` and `running` go on; `succeeded`, `failed` and `canceled` are ends'),
  progress: z.number().min(0).max(1).describe('Share of its units of work that is done, 0 to 1'),
  stage: z.string().describe('What it is doing, in a word or two; empty before it begins'),
  priority: z.int().describe('Of equal ones the oldest is first; organisations take turns whatever it is'),
  attempt: z.int().nonnegative().describe('How often it was begun; after a worker died it is begun again'),
  projectId: idSchema('project').nullable().describe('Project of the asset'),
  assetId: idSchema('asset').nullable().describe('The asset that it works on'),
  createdAt: z.iso.datetime().describe('When it was asked for'),
  startedAt: z.iso.datetime().nullable().describe('When a worker began with it; null while it waits'),
  finishedAt: z.iso.datetime().nullable().describe('When it ended; null while it goes on'),
  etaSeconds: z
    .number()
    .nonnegative()
    .nullable()
    .describe('Seconds that are left, by its pace so far; null when that cannot be told'),
  result: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('What came of it, by its kind; null unless it succeeded'),
  error: PublicError.nullable().describe('Why it failed, and what to do; null unless it did'),
});

export type JobState = z.infer<typeof JobState>;
export type Job = z.infer<typeof Job>;
