import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import { derivativeKey } from '#contracts/jobs/derivative-key.ts';
import type { JobPayload } from '#contracts/jobs/job-kinds.ts';
import { toPublicError } from '../errors.ts';
import { changeAsset } from '../store/assets.ts';
import { insertDerivative } from '../store/derivatives.ts';
import { recordProcessed, recordRejected } from '../store/versions.ts';
import type { EffectContext, JobEffects } from './job-effects.ts';

/** The version gets its report and GLB, or its error. The asset shows it when it is the newest. */
export const GEOMETRY_PROCESS_EFFECTS: JobEffects<'geometry.process'> = {
  blobs: ({ glb }) => [glb],
  // A report can be large, and lists of jobs are read often: it is the asset's to show.
  summary: ({ glb, report, seconds }) => ({ glb, format: report.format, triangles: report.triangles, seconds }),

  async succeeded({ trx, jobId, asset, reactions }, { versionId, files }, { glb, report, seconds }) {
    const { id: assetId, organizationId, projectId } = asset;
    const newest = asset.versionId === versionId;
    // Nobody looks at an older version's preview, so none will be made.
    const awaitsPreview = newest && reactions.model_processed !== undefined;
    await recordProcessed(trx, organizationId, versionId, {
      state: awaitsPreview ? 'processing' : 'ready',
      report,
      glb,
    });
    const parameters = { files: files.map(({ name, sha256 }) => ({ name, sha256 })) };
    await insertDerivative(trx, {
      organizationId,
      assetId,
      versionId,
      operation: 'geometry.process',
      parameters,
      key: derivativeKey((files[0] as (typeof files)[0]).sha256, 'geometry.process', parameters),
      blob: glb,
      contentType: 'model/gltf-binary',
      width: null,
      height: null,
      cost: { seconds, rays: 0, triangles: report.triangles, peakBytes: 0, warnings: [] },
      jobId,
    });
    if (newest) await changeAsset(trx, asset);
    return [
      {
        type: 'model_processed',
        organizationId,
        projectId,
        subject: { type: 'asset', id: assetId },
        data: { assetId, versionId, jobId, format: report.format, triangles: report.triangles, seconds },
      },
    ];
  },

  async failed(context, payload, error) {
    const { asset, jobId } = context;
    await reject(context, payload, error);
    return [
      {
        type: 'model_rejected',
        organizationId: asset.organizationId,
        projectId: asset.projectId,
        subject: { type: 'asset', id: asset.id },
        data: { assetId: asset.id, versionId: payload.versionId, jobId, error: toPublicError(error) },
      },
    ];
  },

  async canceled(context, payload, error) {
    await reject(context, payload, error);
    return [];
  },
};

async function reject(
  { trx, asset }: EffectContext,
  { versionId }: JobPayload<'geometry.process'>,
  error: ErrorValue,
): Promise<void> {
  await recordRejected(trx, asset.organizationId, versionId, error);
  if (asset.versionId === versionId) await changeAsset(trx, asset);
}
