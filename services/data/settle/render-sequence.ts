import type { JobId } from '#contracts/ids/ids.ts';
import { renderKey } from '#contracts/jobs/derivative-key.ts';
import { type MadeFile, RenderStats } from '#contracts/jobs/job-kinds.ts';
import { frameFormatOf } from '#contracts/render/sequence-rules.ts';
import { CONTENT_TYPES } from '#platform/images/content-types.ts';
import { listPartResults } from '../store/jobs.ts';
import { forgetFrames } from '../store/sequence-frames.ts';
import type { DataTrx } from '../tables.ts';
import { cancelRenders, completeRenders, failRenders, retryRenders } from './end-renders.ts';
import type { JobEffects } from './job-effects.ts';
import { recordFiles } from './record-files.ts';

/** All renders that wait for the sequence end with it; its first frame stays as its poster. */
export const RENDER_SEQUENCE_EFFECTS: JobEffects<'render.sequence'> = {
  blobs: ({ file }) => [file.blob],
  summary: (result) => result,

  async succeeded(context, payload, result) {
    const { trx, jobId, asset } = context;
    const { versionId, glb, environment, request, frames } = payload;
    const { width, height } = request;
    const [first] = frames;
    if (first === undefined) throw new Error('a sequence without frames');
    const poster: MadeFile = {
      role: 'poster',
      blob: first.image,
      contentType: CONTENT_TYPES[frameFormatOf(request)],
      width,
      height,
    };
    const made = await recordFiles(trx, [result.file, poster], {
      organizationId: asset.organizationId,
      assetId: asset.id,
      versionId,
      operation: 'render.sequence',
      parameters: request,
      key: renderKey(glb.sha256, 'render.sequence', request, environment?.sha256),
      cost: await totalCost(trx, jobId, result.seconds),
      jobId,
    });
    return completeRenders(context, versionId, made);
  },

  failed: (context, { versionId }, error) => failRenders(context, versionId, error),
  canceled: (context, { versionId }, error) => cancelRenders(context, versionId, error),
  async retried(context) {
    await retryRenders(context);
    // Some of them may be gone by now: all parts make theirs anew.
    await forgetFrames(context.trx, context.jobId);
  },
};

/** What the frames took and what encoding them took. Warnings are the same for every part, mostly. */
async function totalCost(trx: DataTrx, jobId: JobId, seconds: number): Promise<RenderStats> {
  const total: RenderStats = { seconds, rays: 0, triangles: 0, peakBytes: 0, warnings: [] };
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
