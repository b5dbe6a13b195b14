import { json, noContent, page } from '../answers.ts';
import { demandedRevision, revisionTag } from '../conditional.ts';
import { type Gateway, tenant } from '../gateway.ts';
import type { Routes } from './route.ts';

type WebhookOperation =
  | 'createWebhook'
  | 'listWebhooks'
  | 'getWebhook'
  | 'updateWebhook'
  | 'deleteWebhook'
  | 'rotateWebhookSecret'
  | 'testWebhook'
  | 'replayWebhook'
  | 'listWebhookDeliveries'
  | 'getWebhookDelivery'
  | 'replayWebhookDelivery';

/** A secret must not lie in a cache. */
const SECRET = { 'cache-control': 'no-store' };

export function webhookRoutes({ data }: Gateway): Routes<WebhookOperation> {
  return {
    async createWebhook({ request, body }) {
      const webhook = await data.createWebhook({ headers: tenant(request), body });
      const headers = { location: `/v1/webhooks/${webhook.id}`, ...SECRET };
      return json(request, webhook, { status: 201, tag: revisionTag(webhook), headers });
    },
    async listWebhooks({ request, query }) {
      return page(request, await data.listWebhooks({ headers: tenant(request), query }));
    },
    async getWebhook({ request, params }) {
      const webhook = await data.getWebhook({ headers: tenant(request), params });
      return json(request, webhook, { tag: revisionTag(webhook) });
    },
    async updateWebhook({ request, params, headers, body }) {
      const tenantHeaders = tenant(request);
      const read = async () => (await data.getWebhook({ headers: tenantHeaders, params })).revision;
      const ifRevision = await demandedRevision(headers['if-match'], read);
      const webhook = await data.updateWebhook({ headers: tenantHeaders, params, query: { ifRevision }, body });
      return json(request, webhook, { tag: revisionTag(webhook) });
    },
    async deleteWebhook({ request, params, headers }) {
      const tenantHeaders = tenant(request);
      const read = async () => (await data.getWebhook({ headers: tenantHeaders, params })).revision;
      const ifRevision = await demandedRevision(headers['if-match'], read);
      await data.deleteWebhook({ headers: tenantHeaders, params, query: { ifRevision } });
      return noContent;
    },
    async rotateWebhookSecret({ request, params, body }) {
      const webhook = await data.rotateWebhookSecret({ headers: tenant(request), params, body });
      return json(request, webhook, { tag: revisionTag(webhook), headers: SECRET });
    },
    async testWebhook({ request, params }) {
      return json(request, await data.testWebhook({ headers: tenant(request), params }), { status: 202 });
    },
    async replayWebhook({ request, params, body }) {
      return json(request, await data.replayWebhook({ headers: tenant(request), params, body }), { status: 202 });
    },
    async listWebhookDeliveries({ request, params, query }) {
      return page(request, await data.listWebhookDeliveries({ headers: tenant(request), params, query }));
    },
    async getWebhookDelivery({ request, params }) {
      return json(request, await data.getWebhookDelivery({ headers: tenant(request), params }));
    },
    async replayWebhookDelivery({ request, params }) {
      return json(request, await data.replayWebhookDelivery({ headers: tenant(request), params }), { status: 202 });
    },
  };
}
