import { openApiDocument } from '#contracts/rest/openapi.ts';
import { PUBLIC_API } from '#contracts/rest/public-api.ts';
import { API_VERSION } from '#contracts/rest/version.ts';
import { membersOnly } from '../access/errors.ts';
import { json } from '../answers.ts';
import { textTag } from '../conditional.ts';
import { notReady } from '../errors.ts';
import { type Gateway, principalOf, tenant } from '../gateway.ts';
import type { Routes } from './route.ts';

export function serviceRoutes({
  metrics,
  readiness,
  data,
}: Gateway): Routes<'getUsage' | 'getHealth' | 'getReadiness' | 'getMetrics' | 'getOpenApi'> {
  let document: { value: Record<string, unknown>; tag: string } | undefined;

  return {
    async getUsage({ request, query }) {
      // Of all projects together, which are none of a guest's business.
      if (principalOf(request).role === 'guest') throw membersOnly();
      return json(request, await data.getUsage({ headers: tenant(request), query }));
    },
    async getHealth({ request }) {
      return json(request, { status: 'ok' });
    },
    async getReadiness({ request }) {
      const { ready, reasons } = await readiness();
      if (!ready) throw notReady(reasons);
      return json(request, { ready });
    },
    async getMetrics() {
      const text = await metrics.registry.metrics();
      return { status: 200, body: text, headers: { 'content-type': metrics.registry.contentType } };
    },
    async getOpenApi({ request }) {
      if (!document) {
        const value = openApiDocument(PUBLIC_API, API_VERSION);
        document = { value, tag: textTag(JSON.stringify(value)) };
      }
      return json(request, document.value, { tag: document.tag });
    },
  };
}
