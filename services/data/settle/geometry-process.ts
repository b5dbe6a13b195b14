import { derivativeKey } from '#contracts/jobs/derivative-key.ts';
import { changeAsset } from '../store/assets.ts';
import { insertDerivative } from '../store/derivatives.ts';
import { recordProcessed } from '../store/versions.ts';
import type { JobEffects } from './job-effects.ts';
import { reopenVersion, VERSION_LOST } from './reject-version.ts';

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

  ...VERSION_LOST,

  retried: (context, { versionId }) => reopenVersion(context, versionId, 'processing'),
};
