import type { z } from 'zod';
import type { AssetId, RenderId } from '#contracts/ids/ids.ts';
import type { JobState } from '#contracts/rest/resources/job.ts';
import { hasEnded } from '#contracts/rest/resources/job-end.ts';
import type { Render, RenderEstimate, RenderInput } from '#contracts/rest/resources/render.ts';
import type { Jobs, WaitOptions } from './jobs.ts';
import { itemsOf, type ListOptions } from './pages.ts';
import type { Requester } from './request.ts';

/** A picture to be made; what is left out has defaults. */
export type RenderWish = z.input<typeof RenderInput>;

/** Renders: pictures made on request. */
export function createRenders(requester: Requester, jobs: Jobs) {
  const get = (id: RenderId, signal?: AbortSignal) => requester.json<Render>('GET', `/v1/renders/${id}`, { signal });
  return {
    /** Asks for a picture. Resolves at once; `wait` waits for it. */
    async create(wish: RenderWish): Promise<Render> {
      const { render } = await requester.json<{ render: Render }>('POST', '/v1/renders', { json: wish });
      return render;
    },
    /** What a picture would take, and whether it fits; nothing is rendered. */
    estimate: (wish: RenderWish) => requester.json<RenderEstimate>('POST', '/v1/renders/estimate', { json: wish }),
    get: (id: RenderId) => get(id),
    /**
     * The picture as it is now: the final one, or before that the newest in the making of a render that was asked for
     * with `progressPictures`.
     *
     * @throws MaquetteError `not_found` while there is none
     */
    async picture(id: RenderId, { signal }: { signal?: AbortSignal } = {}): Promise<Blob> {
      return (await requester.send('GET', `/v1/renders/${id}/picture`, { signal })).blob();
    },
    /** Newest first. */
    list: ({ state, assetId, ...options }: ListOptions & { state?: JobState; assetId?: AssetId } = {}) =>
      itemsOf<Render>(requester, '/v1/renders', { state, assetId }, options),
    /** Resolves when the render has ended, whichever way: see its `state`, `image` and `error`. */
    async wait(render: Render, options: WaitOptions = {}): Promise<Render> {
      if (hasEnded(render)) return render;
      await jobs.wait(render.job, options);
      return get(render.id, options.signal);
    },
  };
}
