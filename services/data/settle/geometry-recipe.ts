import { toPublicError } from '../errors.ts';
import { insertDerivative } from '../store/derivatives.ts';
import { derivativeUrl } from '../urls.ts';
import type { JobEffects } from './job-effects.ts';

/** What a recipe made becomes a derivative with its report. */
export const GEOMETRY_RECIPE_EFFECTS: JobEffects<'geometry.recipe'> = {
  blobs: ({ glb }) => [glb],
  // Where the derivative shows its report, the job need not.
  summary: ({ glb, report: { output, deviation, seconds } }) => ({ glb, output, deviation, seconds }),

  async succeeded({ trx, jobId, asset }, { versionId, recipe, key }, { glb, report, peakBytes }) {
    const { id: assetId, organizationId, projectId } = asset;
    const { seconds, output } = report;
    const derivative = await insertDerivative(trx, {
      organizationId,
      assetId,
      versionId,
      operation: 'geometry.recipe',
      parameters: recipe,
      key,
      blob: glb,
      contentType: 'model/gltf-binary',
      width: null,
      height: null,
      cost: { seconds, rays: 0, triangles: output.triangles, peakBytes, warnings: [] },
      report,
      jobId,
    });
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
