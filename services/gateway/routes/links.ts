import type { FastifyRequest } from 'fastify';
import { idSchema } from '#contracts/ids/ids.ts';
import type { KeptShare } from '#contracts/rest/data/shares.ts';
import type { Share } from '#contracts/rest/resources/share.ts';
import { entityTag } from '#platform/rest/entity-tags.ts';
import { type JsonOptions, json, noContent, page } from '../answers.ts';
import { formInvalid, linkedNowhere } from '../errors.ts';
import { type Gateway, principalOf, tenant } from '../gateway.ts';
import { leadsSomewhere } from '../links/leads-somewhere.ts';
import { linkTo } from '../links/link.ts';
import type { Routes } from './route.ts';

export function linkRoutes({
  data,
  links,
  tokens,
}: Gateway): Routes<'createLink' | 'createShare' | 'listShares' | 'getShare' | 'revokeShare'> {
  const withUrl = (request: FastifyRequest, share: KeptShare): Share => {
    const { organizationId } = principalOf(request);
    const claims = { organizationId, expires: null, shareId: share.id };
    return { ...share, url: linkTo(`/v1/assets/${share.assetId}`, claims, links) };
  };

  const shown = (request: FastifyRequest, share: KeptShare, options: JsonOptions = {}) => {
    const document = withUrl(request, share);
    // The link changes with the key that signs it, which is no change of the share.
    return json(request, document, { ...options, tag: entityTag(document, share) });
  };

  /**
   * @returns the asset or derivative that a path leads to
   * @throws MaquetteError `not_found` when there is no such thing in the organisation
   */
  async function targetOf(request: FastifyRequest, path: string): Promise<string> {
    const [, , kind, id = ''] = path.split(/[/?]/);
    const headers = tenant(request);
    const assetId = idSchema('asset').safeParse(id);
    const derivativeId = idSchema('derivative').safeParse(id);
    if (kind === 'assets' && assetId.success) await data.getAsset({ headers, params: { assetId: assetId.data } });
    else if (kind === 'derivatives' && derivativeId.success) {
      await data.getDerivative({ headers, params: { derivativeId: derivativeId.data } });
    } else throw linkedNowhere(path);
    if (!leadsSomewhere(path)) throw linkedNowhere(path);
    return id;
  }

  return {
    async createLink({ request, body: { path, expiresInSeconds } }) {
      const subjectId = await targetOf(request, path);
      const expires = expiresInSeconds === undefined ? null : Date.now() + expiresInSeconds * 1000;
      const { organizationId } = principalOf(request);
      const url = linkTo(path, { organizationId, expires, shareId: null }, links);
      const expiresAt = expires === null ? null : new Date(expires).toISOString();
      await tokens.noteLink({ organizationId, subjectId, path, expiresAt: expiresAt ?? '' });
      return json(request, { url, expiresAt }, { status: 201, headers: { 'cache-control': 'no-store' } });
    },
    async createShare({ request, params, body }) {
      if (body.expiresAt !== undefined && Date.parse(body.expiresAt) <= Date.now()) {
        throw formInvalid('/body/expiresAt', `${body.expiresAt} is in the past`, 'Give a time to come, or none.');
      }
      const share = await data.createShare({
        headers: tenant(request),
        params,
        body: { name: body.name ?? '', expiresAt: body.expiresAt, password: body.password },
      });
      const location = `/v1/shares/${share.id}`;
      return shown(request, share, { status: 201, headers: { location } });
    },
    async listShares({ request, query }) {
      const found = await data.listShares({ headers: tenant(request), query });
      return page(request, { ...found, data: found.data.map((share) => withUrl(request, share)) });
    },
    async getShare({ request, params }) {
      const share = await data.getShare({ headers: tenant(request), params });
      return shown(request, share);
    },
    async revokeShare({ request, params, headers }) {
      const query = { ifMatch: headers['if-match'] };
      await data.revokeShare({ headers: tenant(request), params, query });
      return noContent;
    },
  };
}
