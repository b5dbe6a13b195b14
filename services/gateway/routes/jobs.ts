import { departure } from '#platform/rest/departure.ts';
import { json, page } from '../answers.ts';
import { type Gateway, tenant } from '../gateway.ts';
import { preferredWait } from '../prefer.ts';
import type { Routes } from './route.ts';

export function jobRoutes({ data }: Gateway): Routes<'listJobs' | 'getJob' | 'cancelJob' | 'retryJob'> {
  return {
    async listJobs({ request, query }) {
      return page(request, await data.listJobs({ headers: tenant(request), query }));
    },
    async getJob({ request, reply, params, headers }) {
      const wait = preferredWait(headers.prefer);
      const asked = { headers: tenant(request), params, query: { wait: wait ?? 0 } };
      const job = await data.getJob(asked, wait ? { signal: departure(reply) } : {});
      return json(request, job, wait === undefined ? {} : { headers: { 'preference-applied': `wait=${wait}` } });
    },
    async retryJob({ request, params }) {
      return json(request, await data.retryJob({ headers: tenant(request), params }));
    },
    async cancelJob({ request, params }) {
      return json(request, await data.cancelJob({ headers: tenant(request), params }));
    },
  };
}
