import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { NewEvent } from '#contracts/events/events.ts';
import type { VersionId } from '#contracts/ids/ids.ts';
import { toPublicError } from '../errors.ts';
import { changeAsset } from '../store/assets.ts';
import { recordRejected, recordRetried } from '../store/versions.ts';
import type { EffectContext, JobEffects } from './job-effects.ts';

/** A job without whose result a version comes to nothing: the version gets its error, and the asset when it is the newest. */
export const VERSION_LOST: Pick<JobEffects<'asset.ingest' | 'geometry.process'>, 'failed' | 'canceled'> = {
  async failed(context, { versionId }, error): Promise<NewEvent[]> {
    const { asset, jobId } = context;
    await reject(context, versionId, error);
    return [
      {
        type: 'model_rejected',
        organizationId: asset.organizationId,
        projectId: asset.projectId,
        subject: { type: 'asset', id: asset.id },
        data: { assetId: asset.id, versionId, jobId, error: toPublicError(error) },
      },
    ];
  },

  async canceled(context, { versionId }, error) {
    await reject(context, versionId, error);
    return [];
  },
};

/** A version that came to nothing waits for its job again. */
export async function reopenVersion(
  { trx, asset }: EffectContext,
  versionId: VersionId,
  state: 'uploading' | 'processing',
): Promise<void> {
  await recordRetried(trx, asset.organizationId, versionId, state);
  if (asset.versionId === versionId) await changeAsset(trx, asset);
}

async function reject({ trx, asset }: EffectContext, versionId: VersionId, error: ErrorValue): Promise<void> {
  await recordRejected(trx, asset.organizationId, versionId, error);
  if (asset.versionId === versionId) await changeAsset(trx, asset);
}
