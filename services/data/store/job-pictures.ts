import { sql } from 'kysely';
import type { JobId, OrganizationId, ProjectId, RenderId } from '#contracts/ids/ids.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { JobPicture } from '#contracts/jobs/job-kinds.ts';
import type { ProgressPicture } from '#contracts/render/progress-picture.ts';
import type { DataReader, DataTrx, JobPicturesTable, RendersTable } from '../tables.ts';

/** Records a picture in the making whose blob is claimed; of a further attempt in place of the earlier one's. */
export async function insertJobPicture(trx: DataTrx, jobId: JobId, picture: JobPicture): Promise<void> {
  const { blob, contentType, ...size } = picture;
  const row = { ...size, sha256: blob.sha256, bytes: blob.bytes, content_type: contentType };
  await trx
    .insertInto('job_pictures')
    .values({ job_id: jobId, ...row })
    .onConflict((conflict) =>
      conflict.columns(['job_id', 'samples']).doUpdateSet({ ...row, created_at: sql<Date>`clock_timestamp()` }),
    )
    .execute();
}

/** The newest picture in the making of a job. */
export async function readJobPicture(
  db: DataReader,
  jobId: JobId,
): Promise<(BlobReference & Pick<JobPicturesTable, 'content_type'>) | undefined> {
  return db
    .selectFrom('job_pictures')
    .select(['sha256', 'bytes', 'content_type'])
    .where('job_id', '=', jobId)
    .orderBy('created_at', 'desc')
    .orderBy('samples', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** The newest pictures in the making of some jobs. */
export async function listJobPictures(db: DataReader, jobIds: readonly JobId[]): Promise<Map<JobId, ProgressPicture>> {
  if (jobIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('job_pictures')
    .select(['job_id', 'content_type', 'width', 'height', 'bytes', 'samples'])
    .distinctOn('job_id')
    .where('job_id', 'in', jobIds)
    .orderBy('job_id')
    .orderBy('created_at', 'desc')
    .orderBy('samples', 'desc')
    .execute();
  return new Map(
    rows.map(({ job_id, content_type, ...picture }) => [job_id, { ...picture, contentType: content_type }]),
  );
}

/** A render that waits for a job and wants its pictures in the making. */
export interface WatchingRender extends Pick<RendersTable, 'asset_id' | 'version_id'> {
  id: RenderId;
  job_id: JobId;
  organization_id: OrganizationId;
  project_id: ProjectId;
}

/** The renders that wait for some jobs and want their pictures in the making. */
export async function listWatchingRenders(db: DataReader, jobIds: readonly JobId[]): Promise<WatchingRender[]> {
  if (jobIds.length === 0) return [];
  return db
    .selectFrom('renders')
    .innerJoin('assets', 'assets.id', 'renders.asset_id')
    .select([
      'renders.id',
      'renders.job_id',
      'renders.asset_id',
      'renders.version_id',
      'renders.organization_id',
      'assets.project_id',
    ])
    .where('renders.job_id', 'in', jobIds)
    .where('renders.state', '=', 'pending')
    .where('renders.progress_pictures', '=', true)
    .orderBy('renders.id')
    .execute();
}
