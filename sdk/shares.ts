import type { z } from 'zod';
import type { AssetId, ShareId } from '#contracts/ids/ids.ts';
import type { Link, LinkInput, Share, ShareInput } from '#contracts/rest/resources/share.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** Links under which anybody may read an asset, until they are revoked. */
export function createShares(requester: Requester) {
  /** A server answers with paths; who gets a link needs the whole address. */
  const addressed = <T extends { url: string }>(link: T): T => ({ ...link, url: requester.url(link.url) });
  return {
    /** Shares an asset. Whoever has the `url` of the answer reads it without a key; with a password, by that too. */
    create: async (id: AssetId, share: ShareInput = {}) =>
      addressed(await requester.json<Share>('POST', `/v1/assets/${id}/shares`, { json: share })),
    /** Newest first, those that have ended included. */
    async *list({ assetId, ...options }: ListOptions & { assetId?: AssetId } = {}): AsyncGenerator<Share> {
      for await (const share of itemsOf<Share>(requester, '/v1/shares', { assetId }, options)) yield addressed(share);
    },
    get: async (id: ShareId) => addressed(await requester.json<Share>('GET', `/v1/shares/${id}`)),
    /** Ends a link at once; it stays in the list. */
    async revoke(id: ShareId): Promise<void> {
      await requester.send('DELETE', `/v1/shares/${id}`);
    },
    /**
     * Signs a link to one download or picture by URL, which nobody can revoke.
     * @param path of the read, with its query, as `/v1/assets/ast_…/model.glb`
     */
    link: async (path: string, { expiresInSeconds }: Omit<z.input<typeof LinkInput>, 'path'> = {}) =>
      addressed(await requester.json<z.output<typeof Link>>('POST', '/v1/links', { json: { path, expiresInSeconds } })),
  };
}
