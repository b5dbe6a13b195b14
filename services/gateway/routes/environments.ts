import { EnvironmentFacts } from '#contracts/rest/resources/environment.ts';
import { json, noContent, page } from '../answers.ts';
import { oneFileWanted } from '../errors.ts';
import { type Gateway, tenant } from '../gateway.ts';
import { discardRefused } from '../upload/discard-refused.ts';
import { fetchUpload } from '../upload/fetch-upload.ts';
import { nameAfter } from '../upload/file-name.ts';
import { receiveUpload, requireAdmission } from '../upload/receive-upload.ts';
import type { Routes } from './route.ts';

export function environmentRoutes(
  gateway: Gateway,
): Routes<'createEnvironment' | 'listEnvironments' | 'getEnvironment' | 'deleteEnvironment'> {
  const { data, rendering } = gateway;
  return {
    async createEnvironment({ request, query, json: wish }) {
      const headers = tenant(request);
      await requireAdmission(request, {}, gateway);
      const environment = await discardRefused(gateway, request, async (objects) => {
        const { files, name } = wish
          ? await fetchUpload(wish, { ...gateway, objects })
          : await receiveUpload('environment', request, query, { ...gateway, objects });
        const [file, ...others] = files;
        if (!file || others.length > 0) throw oneFileWanted(files.length);
        const { sha256, bytes } = file;
        // Read whole, in a sandbox, before anything refers to it.
        const { factsJson } = await rendering.checkEnvironment({ sha256, bytes: BigInt(bytes) });
        const facts = EnvironmentFacts.parse(JSON.parse(factsJson));
        const body = { name: name ?? nameAfter(file.name, 'environment'), blob: { sha256, bytes }, facts };
        return data.createEnvironment({ headers, body });
      });
      const location = `/v1/environments/${environment.id}`;
      return json(request, environment, { status: 201, headers: { location } });
    },
    async listEnvironments({ request, query }) {
      return page(request, await data.listEnvironments({ headers: tenant(request), query }));
    },
    async getEnvironment({ request, params }) {
      return json(request, await data.getEnvironment({ headers: tenant(request), params }));
    },
    async deleteEnvironment({ request, params, headers }) {
      const query = { ifMatch: headers['if-match'] };
      await data.deleteEnvironment({ headers: tenant(request), params, query });
      return noContent;
    },
  };
}
