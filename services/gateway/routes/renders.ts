import { hasEnded } from '#contracts/rest/resources/job-end.ts';
import { Render, RenderEstimate } from '#contracts/rest/resources/render.ts';
import { departure } from '#platform/rest/departure.ts';
import { permittedPriority } from '../access/priority.ts';
import { json, page } from '../answers.ts';
import { endingOf } from '../download/content-types.ts';
import { sendBlob } from '../download/send-blob.ts';
import { type Gateway, idempotencyKeyOf, principalOf, tenant } from '../gateway.ts';
import { preferredWait } from '../prefer.ts';
import type { Routes } from './route.ts';

export function renderRoutes({
  data,
  rendering,
  objects,
}: Gateway): Routes<'createRender' | 'estimateRender' | 'listRenders' | 'getRender' | 'getRenderPicture'> {
  return {
    async createRender({ request, reply, headers, query, body }) {
      const tenantHeaders = tenant(request);
      const { assetId, ...wish } = body;
      const { progressPictures, ...image } = { progressPictures: false, ...wish };
      const { renderJson } = await rendering.requestImage({
        organizationId: principalOf(request).organizationId,
        assetId,
        requestJson: JSON.stringify(image),
        purpose: 'request',
        progressPictures,
        idempotencyKey: idempotencyKeyOf(request) ?? '',
        priority: permittedPriority(principalOf(request), query.priority),
      });
      const requested = Render.parse(JSON.parse(renderJson));
      const wait = preferredWait(headers.prefer);
      const applied: Record<string, string> = wait === undefined ? {} : { 'preference-applied': `wait=${wait}` };

      const render = wait === undefined || hasEnded(requested) ? requested : await ended(requested, wait);
      if (wait !== undefined && hasEnded(render)) {
        const location = `/v1/renders/${render.id}`;
        const made = render.state === 'succeeded' && render.cost?.cached !== true;
        return json(request, render, { status: made ? 201 : 200, headers: { location, ...applied } });
      }
      const job = await data.getJob({ headers: tenantHeaders, params: { jobId: render.job } });
      const location = `/v1/jobs/${job.id}`;
      return json(request, { ...job, render }, { status: 202, headers: { location, ...applied } });

      async function ended(waiting: Render, seconds: number): Promise<Render> {
        const asked = { headers: tenantHeaders, params: { jobId: waiting.job }, query: { wait: seconds } };
        await data.getJob(asked, { signal: departure(reply) });
        return data.getRender({ headers: tenantHeaders, params: { renderId: waiting.id } });
      }
    },
    async estimateRender({ request, body }) {
      const { assetId, ...image } = body;
      const { estimateJson } = await rendering.estimateImage({
        organizationId: principalOf(request).organizationId,
        assetId,
        requestJson: JSON.stringify(image),
      });
      return json(request, RenderEstimate.parse(JSON.parse(estimateJson)));
    },
    async listRenders({ request, query }) {
      return page(request, await data.listRenders({ headers: tenant(request), query }));
    },
    async getRenderPicture(call) {
      const { params, request } = call;
      const picture = await data.getRenderPicture({ headers: tenant(request), params });
      return sendBlob(call, objects, {
        ...picture,
        fileName: `${params.renderId}${endingOf(picture.contentType)}`,
        disposition: 'inline',
        // Until the render has ended another may follow.
        immutable: false,
      });
    },
    async getRender({ request, params }) {
      return json(request, await data.getRender({ headers: tenant(request), params }));
    },
  };
}
