import type { SHARE_DATA_OPERATIONS } from '#contracts/rest/data/shares.ts';
import { type Attempts, EMPTY, NOT_FOUND } from './attempts.ts';

/** What a stranger gets of shares. */
export const SHARE_ATTEMPTS: Attempts<typeof SHARE_DATA_OPERATIONS> = {
  createShare: {
    expects: NOT_FOUND,
    call: (data, stranger, { asset }) =>
      data.api.createShare({ ...data.as(stranger), params: { assetId: asset.id }, body: { name: 'Stolen' } }),
  },
  getShare: {
    expects: NOT_FOUND,
    call: (data, stranger, { share }) => data.api.getShare({ ...data.as(stranger), params: { shareId: share.id } }),
  },
  checkSharePassword: {
    expects: NOT_FOUND,
    call: (data, stranger, { share }) =>
      data.api.checkSharePassword({
        ...data.as(stranger),
        params: { shareId: share.id },
        body: { password: 'a guess' },
      }),
  },
  listShares: { expects: EMPTY, call: (data, stranger) => data.api.listShares({ ...data.as(stranger) }) },
  revokeShare: {
    expects: NOT_FOUND,
    call: (data, stranger, { share }) => data.api.revokeShare({ ...data.as(stranger), params: { shareId: share.id } }),
  },
};
