import { z } from 'zod';
import { PublicError } from '../../events/envelope.ts';
import { idSchema } from '../../ids/ids.ts';
import { ShownJobKind } from '../../jobs/job-kinds.ts';

export const JobState = z.enum(['queued', 'running', 'succeeded', 'failed', 'canceled']);

/** A long operation. */
export const Job = z.object({
  id: idSchema('job'),
  kind: ShownJobKind,
  state: JobState,
  progress: z.number().min(0).max(1),
  stage: z.string(),
  priority: z.int().describe('Of equal ones the oldest is first; organisations take turns whatever it is'),
  attempt: z.int().nonnegative(),
  projectId: idSchema('project').nullable(),
  assetId: idSchema('asset').nullable(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  etaSeconds: z.number().nonnegative().nullable(),
  result: z.record(z.string(), z.unknown()).nullable(),
  error: PublicError.nullable(),
});

export type JobState = z.infer<typeof JobState>;
export type Job = z.infer<typeof Job>;
