import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { NewEvent } from '#contracts/events/events.ts';
import type { JobId, VersionId } from '#contracts/ids/ids.ts';
import { renderKey } from '#contracts/jobs/derivative-key.ts';
import { type MadeFile, RenderStats } from '#contracts/jobs/job-kinds.ts';
import { listPartResults } from '../store/jobs.ts';
import { finishRenders, listPendingRenders } from '../store/renders.ts';
import type { DataTrx, DerivativeCost } from '../tables.ts';
import type { EffectContext, JobEffects } from './job-effects.ts';
import { recordFiles } from './record-files.ts';
import { endRenders, renderComplete, renderFailed } from './render-image.ts';

/** Content types of frames. */
const FRAME_TYPES = { png: 'image/png', jpg: 'image/jpeg' } as const;

/** All renders that wait for the sequence end with it; its first frame stays as its poster. */
export const RENDER_SEQUENCE_EFFECTS: JobEffects<'render.sequence'> = {
  blobs: ({ file }) => [file.blob],
  summary: (result) => result,

  async succeeded({ trx, jobId, asset }, payload, result) {
    const { versionId, glb, environment, request, frames } = payload;
    const { id: assetId, organizationId } = asset;
    const { width, height } = request;
    const [first] = frames;
    if (first === undefined) throw new Error('a sequence without frames');
    const contentType = FRAME_TYPES[request.kind === 'dataset' ? request.imageFormat : 'png'];
    const poster: MadeFile = { role: 'poster', blob: first.image, contentType, width, height };
    const derivative = await recordFiles(trx, [result.file, poster], {
      organizationId,
      assetId,
      versionId,
      operation: 'render.sequence',
      parameters: request,
      key: renderKey(glb.sha256, 'render.sequence', request, environment?.sha256),
      cost: await totalCost(trx, jobId, result.seconds),
      jobId,
    });
    const renders = await listPendingRenders(trx, organizationId, jobId);
    await finishRenders(trx, organizationId, jobId, { state: 'succeeded', derivativeId: derivative.id });
    return renders.map((render) => renderComplete(asset, versionId, render, derivative, jobId));
  },

  failed: (context, { versionId }, error) => failSequence(context, versionId, error),

  async canceled(context, { versionId }, error) {
    await endRenders(context, versionId, { state: 'canceled', error });
    return [];
  },
};

/** Fails the renders that wait for a sequence whose job has failed. */
export async function failSequence(
  context: EffectContext,
  versionId: VersionId,
  error: ErrorValue,
): Promise<NewEvent[]> {
  const renders = await endRenders(context, versionId, { state: 'failed', error });
  return renders.map((render) => renderFailed(context.asset, versionId, render, context.jobId, error));
}

/** What the frames took and what encoding them took. Warnings are the same for every part, mostly. */
async function totalCost(trx: DataTrx, jobId: JobId, seconds: number): Promise<DerivativeCost> {
  const total: DerivativeCost = { seconds, rays: 0, triangles: 0, peakBytes: 0, warnings: [] };
  for (const part of await listPartResults(trx, jobId)) {
    const stats = RenderStats.parse(part.stats);
    total.seconds += stats.seconds;
    total.rays += stats.rays;
    total.triangles = Math.max(total.triangles, stats.triangles);
    total.peakBytes = Math.max(total.peakBytes, stats.peakBytes);
    total.warnings = [...new Set([...total.warnings, ...stats.warnings])];
  }
  return total;
}
