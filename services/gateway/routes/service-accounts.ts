import type { ServiceAccount } from '#contracts/rest/resources/service-account.ts';
import { json, noContent, page } from '../answers.ts';
import { type Gateway, idempotencyKeyOf, principalOf } from '../gateway.ts';
import type { Routes } from './route.ts';

export function serviceAccountRoutes({
  serviceAccounts,
  authenticator,
}: Gateway): Routes<
  'createServiceAccount' | 'listServiceAccounts' | 'getServiceAccount' | 'updateServiceAccount' | 'deleteServiceAccount'
> {
  const read = (text: string) => JSON.parse(text) as ServiceAccount;
  return {
    async createServiceAccount({ request, body }) {
      const { organizationId, role: actorRole } = principalOf(request);
      const idempotencyKey = idempotencyKeyOf(request) ?? '';
      const input = { organizationId, actorRole, idempotencyKey, ...body };
      const made = read((await serviceAccounts.createServiceAccount(input)).json);
      return json(request, made, { status: 201, headers: { location: `/v1/service-accounts/${made.id}` } });
    },
    async listServiceAccounts({ request, query }) {
      const { organizationId } = principalOf(request);
      const { limit, cursor = '' } = query;
      const list = await serviceAccounts.listServiceAccounts({ organizationId, limit, cursor });
      return page(request, { data: list.json.map(read), nextCursor: list.nextCursor || null });
    },
    async getServiceAccount({ request, params }) {
      const { organizationId } = principalOf(request);
      return json(request, read((await serviceAccounts.getServiceAccount({ organizationId, ...params })).json));
    },
    async updateServiceAccount({ request, params, headers, body }) {
      const { organizationId, role: actorRole } = principalOf(request);
      const change = { ...(body.name !== undefined && { name: body.name }), role: body.role ?? '' };
      const ifMatch = headers['if-match'] ?? '';
      const input = { organizationId, actorRole, ifMatch, ...params, ...change };
      const changed = await serviceAccounts.updateServiceAccount(input);
      authenticator.forget(params.serviceAccountId);
      return json(request, read(changed.json));
    },
    async deleteServiceAccount({ request, params, headers }) {
      const { organizationId, role: actorRole } = principalOf(request);
      const ifMatch = headers['if-match'] ?? '';
      await serviceAccounts.deleteServiceAccount({ organizationId, actorRole, ifMatch, ...params });
      authenticator.forget(params.serviceAccountId);
      return noContent;
    },
  };
}
