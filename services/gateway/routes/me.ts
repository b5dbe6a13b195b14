import type { FastifyRequest } from 'fastify';
import type { Me } from '#contracts/rest/resources/api-key.ts';
import type { User } from '#contracts/rest/resources/user.ts';
import { entityTag } from '#platform/rest/entity-tags.ts';
import { type Principal, personOf, scopeList } from '../access/principal.ts';
import { json } from '../answers.ts';
import { type Gateway, principalOf } from '../gateway.ts';
import type { Routes } from './route.ts';

export function meRoutes({ people }: Gateway): Routes<'getMe' | 'updateMe'> {
  const me = (principal: Principal, user: User | null): Me => {
    const {
      organizationId: id,
      organizationName: name,
      apiKeyId,
      serviceAccountId,
      role,
      projectRoles,
      test,
    } = principal;
    return {
      organization: { id, name },
      user,
      apiKeyId,
      serviceAccountId,
      role,
      mode: test ? 'test' : 'live',
      scopes: scopeList(principal),
      projectRoles: Object.fromEntries(projectRoles),
    };
  };
  const shown = (request: FastifyRequest, principal: Principal, user: User | null) => {
    const document = me(principal, user);
    // What can be changed of it is the person.
    return json(request, document, { tag: entityTag(document, user) });
  };
  return {
    async getMe({ request }) {
      const principal = principalOf(request);
      const { userId } = principal;
      const user = userId === null ? null : (JSON.parse((await people.getUser({ userId })).json) as User);
      return shown(request, principal, user);
    },
    async updateMe({ request, headers, body }) {
      const principal = personOf(principalOf(request));
      const ifMatch = headers['if-match'] ?? '';
      const { json: document } = await people.updateUser({ userId: principal.userId, ifMatch, ...body });
      return shown(request, principal, JSON.parse(document) as User);
    },
  };
}
