import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import { derivativeKey } from '#contracts/jobs/derivative-key.ts';
import type { JobPayload, JobResult } from '#contracts/jobs/job-kinds.ts';
import { deliveryOf } from '#contracts/model/export-format.ts';
import { type AnyRecipe, isGraph } from '#contracts/operations/any-recipe.ts';
import { doneByAnother, otherGone, toPublicError } from '../errors.ts';
import { findGone } from '../operations/with-others.ts';
import { type DerivativeRow, insertDerivative } from '../store/derivatives.ts';
import { insertStates } from '../store/recipe-states.ts';
import { findRecipeJob } from '../store/recipes.ts';
import { derivativeUrl } from '../urls.ts';
import type { EffectContext, JobEffects } from './job-effects.ts';

/**
 * Records every result in each of its formats: the first file of all as the derivative under the key of the recipe, the
 * others as its companions, whose keys follow from it. The parameters of each name its own result and format alone.
 *
 * @returns the first
 */
async function recordResults(
  { trx, jobId, asset }: EffectContext,
  { assetId, versionId, recipe, others, key }: JobPayload<'geometry.recipe'>,
  { results, peakBytes }: JobResult<'geometry.recipe'>,
): Promise<DerivativeRow> {
  let first: DerivativeRow | undefined;
  for (const { name, files, report } of results) {
    const { seconds, output } = report;
    const warnings = report.outputs.flatMap((made) => made.warnings.map(({ message }) => message));
    for (const [index, { format }] of report.outputs.entries()) {
      const derivative = await insertDerivative(trx, {
        organizationId: asset.organizationId,
        assetId: asset.id,
        versionId,
        operation: 'geometry.recipe',
        parameters: { ...recipe, outputs: outputOf(recipe, name, index) },
        key: first ? derivativeKey(key, 'recipe.output', { ...(name !== '' && { name }), format }) : key,
        sources: [
          { assetId, versionId },
          ...others.map((other) => ({ assetId: other.assetId, versionId: other.versionId })),
        ],
        blob: files[index] as BlobReference,
        contentType: deliveryOf(format).contentType,
        width: null,
        height: null,
        cost: { seconds, rays: 0, triangles: output.triangles, peakBytes, warnings },
        report,
        jobId,
        ...(first && { pictureId: first.id }),
      });
      first ??= derivative;
    }
  }
  return first as DerivativeRow;
}

/** What of the outputs of a recipe one file is. */
function outputOf(recipe: AnyRecipe, name: string, index: number): unknown {
  if (!isGraph(recipe)) return recipe.outputs.slice(index, index + 1);
  const output = recipe.outputs[name];
  return { [name]: output && { ...output, formats: output.formats.slice(index, index + 1) } };
}

/** What a recipe made becomes derivatives with its reports; what it kept on the way is there for the next. */
export const GEOMETRY_RECIPE_EFFECTS: JobEffects<'geometry.recipe'> = {
  blobs: ({ results, states }) => [...results.flatMap(({ files }) => files), ...states.map(({ blob }) => blob)],
  // Where the derivatives show their reports, the job need not.
  summary: ({ results }) => {
    const { output, deviation, seconds } = results[0]!.report;
    return { files: results.flatMap(({ files }) => files), output, deviation, seconds };
  },

  async succeeded(context, payload, result) {
    const { trx, jobId, asset } = context;
    const { versionId } = payload;
    const { id: assetId, organizationId, projectId } = asset;
    const { seconds, output } = result.results[0]!.report;
    const derivative = await recordResults(context, payload, result);
    await insertStates(trx, organizationId, versionId, result.states);
    return [
      {
        type: 'recipe_complete',
        organizationId,
        projectId,
        subject: { type: 'asset', id: assetId },
        data: {
          assetId,
          versionId,
          jobId,
          derivativeId: derivative.id,
          url: derivativeUrl(derivative.id),
          bytes: derivative.bytes,
          triangles: output.triangles,
          seconds,
        },
      },
    ];
  },

  async failed({ asset, jobId }, { versionId }, error) {
    const { id: assetId, organizationId, projectId } = asset;
    return [
      {
        type: 'recipe_failed',
        organizationId,
        projectId,
        subject: { type: 'asset', id: assetId },
        data: { assetId, versionId, jobId, error: toPublicError(error) },
      },
    ];
  },

  canceled: async () => [],

  async retried({ trx, jobId, asset }, { versionId, key, others }) {
    const gone = await findGone(trx, others);
    if (gone) throw otherGone(gone.assetId);
    const other = await findRecipeJob(trx, asset.id, versionId, key, jobId);
    if (other !== undefined) throw doneByAnother(jobId, other);
  },
};
