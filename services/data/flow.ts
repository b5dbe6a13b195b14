import type { EventOf, RecordedEvent } from '#contracts/events/events.ts';
import type { OperationDeps } from './operations/operation.ts';
import { recordRender } from './operations/request-render.ts';
import type { RenderReaction } from './reactions.ts';
import { finishPreview } from './settle/end-renders.ts';
import { tryLockAsset } from './store/assets.ts';
import { readLegacy } from './store/jobs.ts';
import { readVersionFacts } from './store/versions.ts';
import type { DataTrx } from './tables.ts';

/**
 * Does what the flow says to do on a recorded event, in the transaction in which the inbox has noted the event: once,
 * even though events are delivered at least once.
 */
export async function react(trx: DataTrx, deps: OperationDeps, event: RecordedEvent): Promise<void> {
  switch (event.type) {
    case 'model_processed':
      if (deps.reactions.model_processed) await renderVersion(trx, deps, event, deps.reactions.model_processed);
      return;
    case 'model_uploaded':
    case 'model_rejected':
    case 'render_requested':
    case 'render_complete':
    case 'render_failed':
    case 'recipe_complete':
    case 'recipe_failed':
    case 'asset_deleted':
    case 'job_canceled':
    case 'job_retried':
    case 'webhook_disabled':
      return;
    default:
      event satisfies never;
  }
}

async function renderVersion(
  trx: DataTrx,
  deps: OperationDeps,
  { organizationId, data }: EventOf<'model_processed'>,
  { render: request, purpose, priority = 0 }: RenderReaction,
): Promise<void> {
  const asset = await tryLockAsset(trx, organizationId, data.assetId);
  if (!asset) return;
  const version = await readVersionFacts(trx, organizationId, data.versionId);
  if (!version?.glb) return;
  if (asset.versionId !== version.id) {
    // A newer upload came between: the older version waits for no preview any more.
    if (version.state === 'processing') await finishPreview(trx, asset, version.id, null);
    return;
  }
  const legacy = await readLegacy(trx, data.jobId);
  const { events } = await recordRender(
    trx,
    deps,
    asset,
    { ...version, glb: version.glb },
    { request, purpose, priority: priority + legacy.priority, traceParent: legacy.traceParent },
  );
  for (const event of events) await deps.bus.publish(trx, event);
}
