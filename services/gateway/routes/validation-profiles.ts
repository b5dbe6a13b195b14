import { json, noContent, pageOfWhole } from '../answers.ts';
import { profileNamedOtherwise } from '../errors.ts';
import { type Gateway, tenant } from '../gateway.ts';
import type { Routes } from './route.ts';

export function validationProfileRoutes({
  data,
}: Gateway): Routes<
  'listValidationProfiles' | 'getValidationProfile' | 'putValidationProfile' | 'deleteValidationProfile'
> {
  return {
    async listValidationProfiles({ request, query }) {
      const { data: profiles } = await data.listValidationProfiles({ headers: tenant(request) });
      return pageOfWhole(request, profiles, query, ({ name }) => name);
    },
    async getValidationProfile({ request, params }) {
      return json(request, await data.getValidationProfile({ headers: tenant(request), params }));
    },
    async putValidationProfile({ request, params, headers, body }) {
      if (body.name !== undefined && body.name !== params.name) throw profileNamedOtherwise(params.name, body.name);
      const query = { ifMatch: headers['if-match'] };
      return json(request, await data.putValidationProfile({ headers: tenant(request), params, query, body }));
    },
    async deleteValidationProfile({ request, params, headers }) {
      const query = { ifMatch: headers['if-match'] };
      await data.deleteValidationProfile({ headers: tenant(request), params, query });
      return noContent;
    },
  };
}
