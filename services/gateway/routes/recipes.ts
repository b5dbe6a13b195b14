import { operationCatalog } from '#contracts/operations/operation-catalog.ts';
import { recipeOf } from '#contracts/operations/recipe-input.ts';
import { othersOf } from '#contracts/operations/recipe-others.ts';
import { hasEnded } from '#contracts/rest/resources/job-end.ts';
import type { RecipeJob } from '#contracts/rest/resources/recipe-job.ts';
import { departure } from '#platform/rest/departure.ts';
import { permittedPriority } from '../access/priority.ts';
import { requireReadable } from '../access/project-scope.ts';
import { json } from '../answers.ts';
import { type Gateway, principalOf, tenant } from '../gateway.ts';
import { preferredWait } from '../prefer.ts';
import type { Routes } from './route.ts';

export function recipeRoutes(gateway: Gateway): Routes<'runRecipe' | 'listOperations'> {
  const { data } = gateway;
  const catalog = operationCatalog();
  return {
    async runRecipe({ request, reply, params, headers, query, body }) {
      const tenantHeaders = tenant(request);
      const recipe = recipeOf(body);
      await requireReadable(gateway, request, othersOf(recipe));
      const asked = await data.runRecipe({
        headers: tenantHeaders,
        params,
        query: { priority: permittedPriority(principalOf(request), query.priority) },
        body: recipe,
      });
      const wait = preferredWait(headers.prefer);
      const job = wait === undefined || hasEnded(asked) ? asked : await ended(asked, wait);
      return json(request, job, {
        status: hasEnded(job) ? 200 : 202,
        headers: {
          location: `/v1/jobs/${job.id}`,
          ...(wait !== undefined && { 'preference-applied': `wait=${wait}` }),
        },
      });

      async function ended({ id: jobId }: RecipeJob, seconds: number): Promise<RecipeJob> {
        const asked = { headers: tenantHeaders, params: { jobId }, query: { wait: seconds } };
        await data.getJob(asked, { signal: departure(reply) });
        return data.getRecipeJob({ headers: tenantHeaders, params: { jobId } });
      }
    },
    async listOperations({ request }) {
      return json(request, catalog);
    },
  };
}
