import { Recipe } from '#contracts/operations/recipe.ts';
import type { JOB_DATA_OPERATIONS } from '#contracts/rest/data/jobs.ts';
import { type Attempts, EMPTY, NOT_FOUND } from './attempts.ts';

const recipe = Recipe.parse({ operations: [{ type: 'weld' }] });

/** A batch of one recipe on an asset. */
export const batchOn = (assetId: `ast_${string}`) => ({
  asked: null,
  items: [{ type: 'recipe' as const, assetId, recipe }],
});

/** What a stranger gets of batches, jobs that are done again, and usage. */
export const JOB_ATTEMPTS: Attempts<typeof JOB_DATA_OPERATIONS> = {
  retryJob: {
    expects: NOT_FOUND,
    call: (data, stranger, { job }) => data.api.retryJob({ ...data.as(stranger), params: { jobId: job.id } }),
  },
  createBatch: {
    expects: 'own',
    call: async (data, stranger, { asset }) => {
      const { items } = await data.api.createBatch({ ...data.as(stranger), body: batchOn(asset.id) });
      const [item] = items;
      if (item?.state !== 'refused' || item.error?.code !== 'not_found') throw new Error('it was taken');
    },
  },
  listBatches: { expects: EMPTY, call: (data, stranger) => data.api.listBatches({ ...data.as(stranger) }) },
  getBatch: {
    expects: NOT_FOUND,
    call: (data, stranger, { batch }) => data.api.getBatch({ ...data.as(stranger), params: { batchId: batch.id } }),
  },
  cancelBatch: {
    expects: NOT_FOUND,
    call: (data, stranger, { batch }) => data.api.cancelBatch({ ...data.as(stranger), params: { batchId: batch.id } }),
  },
  getUsage: {
    expects: 'own',
    call: async (data, stranger) => {
      const { storage, days } = await data.api.getUsage({ ...data.as(stranger) });
      if (storage.used !== 0 || days.length !== 0) throw new Error('it shows what others use');
    },
  },
};
