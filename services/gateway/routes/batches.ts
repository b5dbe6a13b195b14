import type { FastifyRequest } from 'fastify';
import { type ErrorItem, MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { ProjectId } from '#contracts/ids/ids.ts';
import { recipeOf } from '#contracts/operations/recipe-input.ts';
import { othersOf } from '#contracts/operations/recipe-others.ts';
import type { CheckedItem } from '#contracts/rest/data/jobs.ts';
import { type BatchItemInput, meantItem, type UnreadItem } from '#contracts/rest/resources/batch.ts';
import { issueMessage } from '#platform/rest/issue-message.ts';
import { permittedPriority } from '../access/priority.ts';
import { requireReadable, requireScopeFor } from '../access/project-scope.ts';
import { json, page } from '../answers.ts';
import { assetElsewhere, itemInvalid } from '../errors.ts';
import { type Gateway, principalOf, tenant, withoutKey } from '../gateway.ts';
import type { Routes } from './route.ts';

/** Renders that are looked into at once, before they are recorded together. */
const AT_ONCE = 8;

export function batchRoutes(gateway: Gateway): Routes<'createBatch' | 'listBatches' | 'getBatch' | 'cancelBatch'> {
  const { data, rendering } = gateway;
  return {
    async createBatch({ request, query, body }) {
      const principal = principalOf(request);
      const priority = permittedPriority(principal, query.priority);
      const { projectId } = body;
      if (body.items.some((item) => 'recipe' in item)) requireScopeFor(principal, 'assets:write', projectId);
      const headers = tenant(request);
      const items: CheckedItem[] = [];
      const waiting = body.items.entries();
      const check = async () => {
        for (const [index, item] of waiting) items[index] = await checked(request, item, projectId);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, check));
      const batch = await data.createBatch({ headers, body: { asked: body, priority, projectId, items } });
      return json(request, batch, { status: 202, headers: { location: `/v1/batches/${batch.id}` } });
    },
    async listBatches({ request, query }) {
      return page(request, await data.listBatches({ headers: tenant(request), query }));
    },
    async getBatch({ request, params }) {
      return json(request, await data.getBatch({ headers: tenant(request), params }));
    },
    async cancelBatch({ request, params }) {
      return json(request, await data.cancelBatch({ headers: tenant(request), params }));
    },
  };

  /** An item as it is recorded, or why it is refused. @throws MaquetteError what is the system's fault */
  async function checked(
    request: FastifyRequest,
    item: BatchItemInput | UnreadItem,
    projectId: ProjectId | undefined,
  ): Promise<CheckedItem> {
    const headers = tenant(request);
    const organizationId = headers['x-maquette-organization'];
    try {
      if ('unread' in item) throw itemInvalid(problemsOf(item));
      if (projectId !== undefined) {
        const params = { assetId: 'recipe' in item ? item.assetId : item.render.assetId };
        const asset = await data.getAsset({ headers: withoutKey(headers), params });
        // What lies elsewhere is not there, as for a list of the project.
        if (asset.projectId !== projectId) throw assetElsewhere(asset.id, projectId);
      }
      if ('recipe' in item) {
        const recipe = recipeOf(item.recipe);
        await requireReadable(gateway, request, othersOf(recipe));
        return { type: 'recipe', assetId: item.assetId, recipe };
      }
      const { assetId, ...wish } = item.render;
      const { progressPictures, ...image } = { progressPictures: false, ...wish };
      const requestJson = JSON.stringify(image);
      const prepared = await rendering.prepareImage({ organizationId, assetId, requestJson, progressPictures });
      return {
        type: 'render',
        assetId,
        request: JSON.parse(prepared.requestJson),
        progressPictures,
        estimate: JSON.parse(prepared.estimateJson),
        referenceSeconds: prepared.referenceSeconds,
      };
    } catch (thrown) {
      const error = MaquetteError.from(thrown);
      if (error.fault === 'system') throw error;
      const { code, message, fault, remedy = null } = error;
      return { type: 'refused', error: { code, message, fault, remedy } };
    }
  }
}

function problemsOf(item: UnreadItem): ErrorItem[] {
  const { issues = [] } = meantItem(item).safeParse(item.unread, { error: issueMessage }).error ?? {};
  return issues.map(({ path, message }) => ({ pointer: path.map((part) => `/${String(part)}`).join(''), message }));
}
