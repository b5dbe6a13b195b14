import type { TransientEvent } from '#contracts/events/events.ts';
import type { JobId } from '#contracts/ids/ids.ts';
import type { JobPicture } from '#contracts/jobs/job-kinds.ts';
import { tryClaimBlobs } from '../store/blobs.ts';
import { insertJobPicture, listWatchingRenders, type WatchingRender } from '../store/job-pictures.ts';
import { renderPictureUrl } from '../urls.ts';
import type { OperationDeps } from './operation.ts';

/**
 * Records a picture in the making of a job whose lease was just prolonged, and tells those who wait for it. Nothing
 * depends on it: one whose blob is not stored is passed over.
 */
export async function recordPicture(deps: OperationDeps, jobId: JobId, picture: JobPicture): Promise<void> {
  const watching = await deps.database.transaction(async (trx) => {
    const renders = await listWatchingRenders(trx, [jobId]);
    if (renders.length === 0 || (await tryClaimBlobs(trx, deps.objects, [picture.blob]))) return [];
    await insertJobPicture(trx, jobId, picture);
    return renders;
  });
  for (const render of watching) await deps.bus.broadcast(renderProgress(render, picture));
}

function renderProgress(render: WatchingRender, { blob, ...picture }: JobPicture): TransientEvent {
  return {
    id: null,
    type: 'render_progress',
    time: new Date().toISOString(),
    organizationId: render.organization_id,
    projectId: render.project_id,
    subject: { type: 'render', id: render.id },
    data: {
      renderId: render.id,
      assetId: render.asset_id,
      versionId: render.version_id,
      jobId: render.job_id,
      url: renderPictureUrl(render.id, picture.samples),
      bytes: blob.bytes,
      ...picture,
    },
  };
}
