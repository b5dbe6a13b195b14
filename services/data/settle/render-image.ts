import { renderKey } from '#contracts/jobs/derivative-key.ts';
import { cancelRenders, completeRenders, failRenders, retryRenders } from './end-renders.ts';
import type { JobEffects } from './job-effects.ts';
import { recordFiles } from './record-files.ts';

/** All renders that wait for the job end with it; a preview makes its version ready, even when it failed. */
export const RENDER_IMAGE_EFFECTS: JobEffects<'render.image'> = {
  blobs: ({ files }) => files.map(({ blob }) => blob),
  // What the colours of ids mean, the render says.
  summary: ({ files, stats }) => ({ files: files.map(({ meaning: _meaning, ...file }) => file), stats }),

  async succeeded(context, { versionId, glb, environment, request }, { files, stats }) {
    const { trx, jobId, asset } = context;
    const made = await recordFiles(trx, files, {
      organizationId: asset.organizationId,
      assetId: asset.id,
      versionId,
      operation: 'render.image',
      parameters: request,
      key: renderKey(glb.sha256, 'render.image', request, environment?.sha256),
      cost: stats,
      jobId,
    });
    return completeRenders(context, versionId, made);
  },

  failed: (context, { versionId }, error) => failRenders(context, versionId, error),
  canceled: (context, { versionId }, error) => cancelRenders(context, versionId, error),
  retried: retryRenders,
};
