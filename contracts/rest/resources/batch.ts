import { z } from 'zod';
import { PublicError } from '../../events/envelope.ts';
import { idSchema } from '../../ids/ids.ts';
import { RecipeInput } from '../../operations/recipe-input.ts';
import { JobState } from './job.ts';
import { RenderInput } from './render.ts';

/** Most pieces of work of one batch. */
export const MOST_ITEMS = 200;

const RenderItem = z.strictObject({ render: RenderInput });
const RecipeItem = z.strictObject({ recipe: RecipeInput, assetId: idSchema('asset') });

/** One piece of work. */
export const BatchItemInput = z.union([RenderItem, RecipeItem]);

/** What was given as a piece of work and is none. */
export interface UnreadItem {
  unread: unknown;
}

/** It is refused by itself, as a piece of work is that cannot be done. */
const readItem = BatchItemInput.transform((item): BatchItemInput | UnreadItem => item).catch(({ input }) => ({
  unread: input,
}));

/** What an item was meant to be: the messages of a union tell nothing. */
export function meantItem({ unread }: UnreadItem): z.ZodType {
  return typeof unread === 'object' && unread !== null && 'recipe' in unread ? RecipeItem : RenderItem;
}

export const BatchInput = z.strictObject({
  projectId: idSchema('project')
    .optional()
    .describe('Where all assets of its items lie: an item about another is refused. Roles in the project then count'),
  items: z.array(readItem).min(1).max(MOST_ITEMS),
});

/** What became of one piece. `refused`: it was not begun, see `error`. */
export const BatchItem = z.object({
  index: z.int().nonnegative().describe('Its place in the request, from 0'),
  state: z.enum([...JobState.options, 'refused']),
  job: idSchema('job').nullable(),
  render: idSchema('render').nullable().describe('Of a render'),
  error: PublicError.nullable(),
});

/** Work that was asked for with one request. */
export const Batch = z.object({
  id: idSchema('batch'),
  projectId: idSchema('project').nullable().describe('As it was named'),
  state: z.enum(['running', 'ended']).describe('`ended` when every piece has'),
  counts: z.object({
    queued: z.int().nonnegative(),
    running: z.int().nonnegative(),
    succeeded: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    canceled: z.int().nonnegative(),
    refused: z.int().nonnegative(),
  }),
  progress: z.number().min(0).max(1).describe('Of all pieces together'),
  createdAt: z.iso.datetime(),
  items: z.array(BatchItem),
});

/** A batch in a list. */
export const BatchSummary = Batch.omit({ items: true });

export type BatchItemInput = z.infer<typeof BatchItemInput>;
export type BatchItem = z.infer<typeof BatchItem>;
export type Batch = z.infer<typeof Batch>;
export type BatchSummary = z.infer<typeof BatchSummary>;
