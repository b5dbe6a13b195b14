import { derivativeKey } from '#contracts/jobs/derivative-key.ts';
import type { BlobReference, JobPayload, JobResult } from '#contracts/jobs/job-kinds.ts';
import { deliveryOf } from '#contracts/model/export-format.ts';
import { toPublicError } from '../errors.ts';
import { type DerivativeRow, insertDerivative } from '../store/derivatives.ts';
import { derivativeUrl } from '../urls.ts';
import type { EffectContext, JobEffects } from './job-effects.ts';

/**
 * Records the result in each of its formats: the first as the derivative under the key of the recipe, the others as its
 * companions, whose keys follow from it. The parameters of each name its own format alone.
 *
 * @returns the first
 */
async function recordOutputs(
  { trx, jobId, asset }: EffectContext,
  { versionId, recipe, key }: JobPayload<'geometry.recipe'>,
  { files, report, peakBytes }: JobResult<'geometry.recipe'>,
): Promise<DerivativeRow> {
  const { seconds, output } = report;
  const warnings = report.outputs.flatMap((made) => made.warnings.map(({ message }) => message));
  let first: DerivativeRow | undefined;
  for (const [index, { format }] of report.outputs.entries()) {
    const derivative = await insertDerivative(trx, {
      organizationId: asset.organizationId,
      assetId: asset.id,
      versionId,
      operation: 'geometry.recipe',
      parameters: { ...recipe, outputs: recipe.outputs.slice(index, index + 1) },
      key: first ? derivativeKey(key, 'recipe.output', { format }) : key,
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
  return first as DerivativeRow;
}

/** What a recipe made becomes derivatives with its report. */
export const GEOMETRY_RECIPE_EFFECTS: JobEffects<'geometry.recipe'> = {
  blobs: ({ files }) => files,
  // Where the derivative shows its report, the job need not.
  summary: ({ files, report: { output, deviation, seconds } }) => ({ files, output, deviation, seconds }),

  async succeeded(context, payload, result) {
    const { jobId, asset } = context;
    const { versionId } = payload;
    const { id: assetId, organizationId, projectId } = asset;
    const { seconds, output } = result.report;
    const derivative = await recordOutputs(context, payload, result);
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
};
