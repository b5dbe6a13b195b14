import { openApiDocument } from '#contracts/rest/openapi.ts';
import { PUBLIC_API } from '#contracts/rest/public-api.ts';
import { API_VERSION } from '#contracts/rest/version.ts';
import { textTag } from '#platform/rest/entity-tags.ts';
import { membersOnly } from '../access/errors.ts';
import { json, jsonText } from '../answers.ts';
import { notReady } from '../errors.ts';
import { type Gateway, principalOf, tenant } from '../gateway.ts';
import type { Routes } from './route.ts';

/** Of a state that is good for the moment of its answer. */
const NOW = { 'cache-control': 'no-store' };

export function serviceRoutes({
  metrics,
  readiness,
  data,
}: Gateway): Routes<'getUsage' | 'getHealth' | 'getReadiness' | 'getMetrics' | 'getOpenApi'> {
  // Hundreds of kilobytes, and always the same.
  let document: { text: string; tag: string } | undefined;

  return {
    async getUsage({ request, query }) {
      // Of all projects together, which are none of a guest's business.
      if (principalOf(request).role === 'guest') throw membersOnly();
      return json(request, await data.getUsage({ headers: tenant(request), query }));
    },
    async getHealth() {
      return { status: 200, body: { status: 'ok' }, headers: NOW };
    },
    async getReadiness() {
      const { ready, reasons } = await readiness();
      if (!ready) throw notReady(reasons);
      return { status: 200, body: { ready }, headers: NOW };
    },
    async getMetrics() {
      const text = await metrics.registry.metrics();
      return { status: 200, body: text, headers: { 'content-type': metrics.registry.contentType } };
    },
    async getOpenApi({ request }) {
      if (!document) {
        const text = JSON.stringify(openApiDocument(PUBLIC_API, API_VERSION));
        document = { text, tag: textTag(text) };
      }
      return jsonText(request, document.text, { tag: document.tag });
    },
  };
}
