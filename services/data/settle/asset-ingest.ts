import { newId } from '#contracts/ids/ids.ts';
import type { SourceFile } from '#contracts/jobs/blob-reference.ts';
import { startProcessing } from '../operations/start-processing.ts';
import { requireStorage } from '../quotas/require-quota.ts';
import { changeAsset } from '../store/assets.ts';
import { readLegacy } from '../store/jobs.ts';
import { releasePieces } from '../store/uploads.ts';
import { readBytesOfUploads } from '../store/usage.ts';
import type { JobEffects } from './job-effects.ts';
import { reopenVersion, VERSION_LOST } from './reject-version.ts';

/** The version gets its files and the job that processes them, or the error that kept them away. */
export const ASSET_INGEST_EFFECTS: JobEffects<'asset.ingest'> = {
  blobs: ({ files }) => files,
  made: ({ made }) => made,
  async admit({ trx, jobId, asset }, deps, { files }) {
    // Uploads in pieces are counted already, and no more once they are files.
    const counted = await readBytesOfUploads(trx, jobId);
    await requireStorage(trx, deps, asset.organizationId, bytesOf(files) - counted);
  },
  summary: ({ files, seconds }) => ({
    files: files.length,
    bytes: bytesOf(files),
    seconds,
  }),

  async succeeded({ trx, jobId, asset, bus }, { versionId }, { files }) {
    await releasePieces(trx, jobId);
    const legacy = await readLegacy(trx, jobId);
    const processing = newId('job');
    const event = await startProcessing(trx, bus, asset, { versionId, jobId: processing, files, ...legacy });
    if (asset.versionId === versionId) await changeAsset(trx, asset);
    return [event];
  },

  ...VERSION_LOST,

  retried: (context, { versionId }) => reopenVersion(context, versionId, 'uploading'),
};

function bytesOf(files: readonly SourceFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}
