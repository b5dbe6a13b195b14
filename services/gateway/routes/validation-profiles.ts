import { json, noContent } from '../answers.ts';
import { profileNamedOtherwise } from '../errors.ts';
import { type Gateway, tenant } from '../gateway.ts';
import type { Routes } from './route.ts';

export function validationProfileRoutes({
  data,
}: Gateway): Routes<
  'listValidationProfiles' | 'getValidationProfile' | 'putValidationProfile' | 'deleteValidationProfile'
> {
  return {
    async listValidationProfiles({ request }) {
      return json(request, await data.listValidationProfiles({ headers: tenant(request) }));
    },
    async getValidationProfile({ request, params }) {
      return json(request, await data.getValidationProfile({ headers: tenant(request), params }));
    },
    async putValidationProfile({ request, params, body }) {
      if (body.name !== undefined && body.name !== params.name) throw profileNamedOtherwise(params.name, body.name);
      return json(request, await data.putValidationProfile({ headers: tenant(request), params, body }));
    },
    async deleteValidationProfile({ request, params }) {
      await data.deleteValidationProfile({ headers: tenant(request), params });
      return noContent;
    },
  };
}
