import type { FastifyRequest } from 'fastify';
import type { AssetId } from '#contracts/ids/ids.ts';
import type { Asset } from '#contracts/rest/resources/asset.ts';
import { permittedPriority } from '../access/priority.ts';
import { requireNamedProject } from '../access/project-scope.ts';
import { json, noContent, page, pageOfWhole } from '../answers.ts';
import { demandedRevision, revisionTag } from '../conditional.ts';
import { processingFailed, stillProcessing } from '../errors.ts';
import { type Gateway, principalOf, tenant } from '../gateway.ts';
import { discardRefused } from '../upload/discard-refused.ts';
import { nameAfter } from '../upload/file-name.ts';
import { receiveUpload, requireAdmission } from '../upload/receive-upload.ts';
import { remoteSource } from '../upload/remote-source.ts';
import type { Routes } from './route.ts';

/** The answer to an upload, whether its bytes are here already or still to come. */
const uploaded = (request: FastifyRequest, asset: Asset) =>
  json(request, asset, {
    status: 201,
    tag: revisionTag(asset),
    headers: { location: `/v1/assets/${asset.id}` },
  });

export function assetRoutes(
  gateway: Gateway,
): Routes<
  | 'createAsset'
  | 'listAssets'
  | 'getAsset'
  | 'updateAsset'
  | 'deleteAsset'
  | 'getReport'
  | 'createVersion'
  | 'listVersions'
  | 'listFiles'
  | 'listDerivatives'
> {
  const { data, settings } = gateway;
  const revisionOf = (request: FastifyRequest, assetId: AssetId) => async () =>
    (await data.getAsset({ headers: tenant(request), params: { assetId } })).revision;

  return {
    async createAsset({ request, query, json: wish }) {
      const headers = tenant(request);
      const priority = permittedPriority(principalOf(request), query.priority);
      if (wish) {
        const source = remoteSource(wish, settings.outbound);
        const name = wish.name ?? (source.kind === 'url' ? nameAfter(source.name, 'model') : undefined);
        const body = { name, projectId: wish.projectId, source, priority };
        return uploaded(request, await data.ingestAsset({ headers, body }));
      }
      await requireAdmission(request, query, gateway);
      return discardRefused(gateway, request, async (objects) => {
        const { files, name, projectId } = await receiveUpload('model', request, query, { ...gateway, objects });
        requireNamedProject(request, projectId);
        const body = { files, name: name ?? nameAfter(files[0]?.name ?? '', 'model'), projectId, priority };
        return uploaded(request, await data.createAsset({ headers, body }));
      });
    },
    async createVersion({ request, params, query, json: wish }) {
      const headers = tenant(request);
      const priority = permittedPriority(principalOf(request), query.priority);
      if (wish) {
        const body = { source: remoteSource(wish, settings.outbound), priority };
        return uploaded(request, await data.ingestVersion({ headers, params, body }));
      }
      // Nobody should send a gigabyte to learn that the asset is not there.
      await data.getAsset({ headers, params });
      await requireAdmission(request, {}, gateway);
      return discardRefused(gateway, request, async (objects) => {
        const { files } = await receiveUpload('model', request, query, { ...gateway, objects });
        return uploaded(request, await data.createVersion({ headers, params, body: { files, priority } }));
      });
    },
    async listAssets({ request, query }) {
      return page(request, await data.listAssets({ headers: tenant(request), query }));
    },
    async getAsset({ request, params }) {
      const asset = await data.getAsset({ headers: tenant(request), params });
      return json(request, asset, { tag: revisionTag(asset) });
    },
    async updateAsset({ request, params, headers, body }) {
      const ifRevision = await demandedRevision(headers['if-match'], revisionOf(request, params.assetId));
      const asset = await data.updateAsset({ headers: tenant(request), params, query: { ifRevision }, body });
      return json(request, asset, { tag: revisionTag(asset) });
    },
    async deleteAsset({ request, params, headers }) {
      const ifRevision = await demandedRevision(headers['if-match'], revisionOf(request, params.assetId));
      await data.deleteAsset({ headers: tenant(request), params, query: { ifRevision } });
      return noContent;
    },
    async getReport({ request, params, query: { profile } }) {
      const asset = await data.getAsset({ headers: tenant(request), params });
      const { report } = asset;
      if (report && profile) {
        // With the table of checks comes much of the engine: only who asks for a verdict waits for it, once.
        const { judge } = await import('#engine/validate/profiles/judge.ts');
        const limits = await data.getValidationProfile({ headers: tenant(request), params: { name: profile } });
        return json(request, { ...report, verdict: judge(limits, report) });
      }
      if (report) return json(request, report);
      throw asset.state === 'failed' ? processingFailed(asset.id, asset.error) : stillProcessing(asset.id);
    },
    async listVersions({ request, params, query }) {
      return page(request, await data.listVersions({ headers: tenant(request), params, query }));
    },
    async listFiles({ request, params, query: { version, ...part } }) {
      const { data: files } = await data.listFiles({ headers: tenant(request), params, query: { version } });
      return pageOfWhole(request, files, part, ({ role, name }) => `${role} ${name}`);
    },
    async listDerivatives({ request, params, query }) {
      return page(request, await data.listDerivatives({ headers: tenant(request), params, query }));
    },
  };
}
