import { sql } from 'kysely';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import {
  type AssetId,
  type DerivativeId,
  type JobId,
  newId,
  type OrganizationId,
  type RenderId,
  type VersionId,
} from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { ProgressPicture } from '#contracts/render/progress-picture.ts';
import { isSequence, type RenderTask, requestOf } from '#contracts/render/render-request.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { JobState } from '#contracts/rest/resources/job.ts';
import type { Render, RenderFile, RenderPurpose } from '#contracts/rest/resources/render.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { toPublicError } from '../errors.ts';
import type { DataReader, DataTrx } from '../tables.ts';
import { renderPictureUrl } from '../urls.ts';
import { type DerivativeRow, listPasses, readDerivative } from './derivatives.ts';
import { listJobPictures, readJobPicture } from './job-pictures.ts';
import { toRenderFile } from './render-files.ts';

/** A render that waits for its job. */
export interface PendingRender {
  id: RenderId;
  versionId: VersionId;
  purpose: RenderPurpose;
  request: RenderTask;
  key: Sha256;
}

/** Filters of the list of renders. */
export interface RenderListRequest extends PageRequest {
  assetId?: AssetId | undefined;
  state?: JobState | undefined;
}

/** Records a render: pending, or finished at once when its derivative is there already. */
export async function insertRender(
  trx: DataTrx,
  render: {
    id?: RenderId;
    organizationId: OrganizationId;
    assetId: AssetId;
    versionId: VersionId;
    purpose: RenderPurpose;
    request: RenderTask;
    estimate?: Render['estimate'] | undefined;
    key: Sha256;
    jobId: JobId;
    leads: boolean;
    progressPictures?: boolean;
    derivativeId?: DerivativeId;
  },
): Promise<RenderId> {
  const id = render.id ?? newId('render');
  const finished = render.derivativeId !== undefined;
  await trx
    .insertInto('renders')
    .values({
      id,
      organization_id: render.organizationId,
      asset_id: render.assetId,
      version_id: render.versionId,
      purpose: render.purpose,
      state: finished ? 'succeeded' : 'pending',
      request: JSON.stringify(render.request),
      estimate: render.estimate ? JSON.stringify(render.estimate) : null,
      key: render.key,
      job_id: render.jobId,
      leads: render.leads,
      progress_pictures: render.progressPictures ?? false,
      derivative_id: render.derivativeId ?? null,
      cached: finished,
      finished_at: finished ? new Date() : null,
    })
    .execute();
  return id;
}

/** The render whose job already makes what a key names. */
export async function findLeader(
  trx: DataTrx,
  organizationId: OrganizationId,
  versionId: VersionId,
  key: Sha256,
): Promise<{ id: RenderId; jobId: JobId } | undefined> {
  const row = await trx
    .selectFrom('renders')
    .select(['id', 'job_id'])
    .where('organization_id', '=', organizationId)
    .where('version_id', '=', versionId)
    .where('key', '=', key)
    .where('state', '=', 'pending')
    .where('leads', '=', true)
    .executeTakeFirst();
  return row && { id: row.id, jobId: row.job_id };
}

/** A finished render by URL of a version under a key. */
export async function findFinishedUrlRender(
  db: DataReader,
  organizationId: OrganizationId,
  versionId: VersionId,
  key: Sha256,
): Promise<Render | undefined> {
  const row = await selectRenders(db, organizationId)
    .where('renders.version_id', '=', versionId)
    .where('renders.key', '=', key)
    .where('renders.purpose', '=', 'url')
    .where('renders.state', '=', 'succeeded')
    .orderBy('renders.id')
    .limit(1)
    .executeTakeFirst();
  return row && withFiles(db, [row]).then(([render]) => render);
}

/** The renders that wait for a job, oldest first. */
export async function listPendingRenders(
  trx: DataTrx,
  organizationId: OrganizationId,
  jobId: JobId,
): Promise<PendingRender[]> {
  const rows = await trx
    .selectFrom('renders')
    .select(['id', 'version_id', 'purpose', 'request', 'key'])
    .where('organization_id', '=', organizationId)
    .where('job_id', '=', jobId)
    .where('state', '=', 'pending')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    versionId: row.version_id,
    purpose: row.purpose,
    request: row.request,
    key: row.key,
  }));
}

/** How the renders that wait for a job end. */
export type RenderOutcome =
  | { state: 'succeeded'; derivativeId: DerivativeId }
  | { state: 'failed' | 'canceled'; error: ErrorValue };

export async function finishRenders(
  trx: DataTrx,
  organizationId: OrganizationId,
  jobId: JobId,
  outcome: RenderOutcome,
): Promise<void> {
  await trx
    .updateTable('renders')
    .set({
      state: outcome.state,
      derivative_id: outcome.state === 'succeeded' ? outcome.derivativeId : null,
      error: outcome.state === 'succeeded' ? null : JSON.stringify(outcome.error),
      finished_at: sql<Date>`now()`,
    })
    .where('organization_id', '=', organizationId)
    .where('job_id', '=', jobId)
    .where('state', '=', 'pending')
    .execute();
}

/** The job, other than this one, that makes by now what this one was to make. */
export async function findOtherLeader(
  trx: DataTrx,
  organizationId: OrganizationId,
  jobId: JobId,
): Promise<JobId | undefined> {
  const row = await trx
    .selectFrom('renders as mine')
    .innerJoin('renders as other', (join) =>
      join.onRef('other.version_id', '=', 'mine.version_id').onRef('other.key', '=', 'mine.key'),
    )
    .select('other.job_id')
    .where('mine.organization_id', '=', organizationId)
    .where('mine.job_id', '=', jobId)
    .where('other.job_id', '<>', jobId)
    .where('other.state', '=', 'pending')
    .where('other.leads', '=', true)
    .executeTakeFirst();
  return row?.job_id;
}

/** The renders that ended without a picture with a job wait for it again. */
export async function reopenRenders(trx: DataTrx, organizationId: OrganizationId, jobId: JobId): Promise<void> {
  await trx
    .updateTable('renders')
    .set({ state: 'pending', error: null, finished_at: null })
    .where('organization_id', '=', organizationId)
    .where('job_id', '=', jobId)
    .where('state', 'in', ['failed', 'canceled'])
    .execute();
}

/** @throws MaquetteError `not_found` */
export async function readRender(db: DataReader, organizationId: OrganizationId, id: RenderId): Promise<Render> {
  const [render] = await readRenders(db, organizationId, [id]);
  if (!render) throw notFound('render', id);
  return render;
}

/** Those of some that are there. */
export async function readRenders(db: DataReader, organizationId: OrganizationId, ids: RenderId[]): Promise<Render[]> {
  return withFiles(db, await selectRenders(db, organizationId).where('renders.id', 'in', ids).execute());
}

/**
 * The blob of a render's picture: the final one, or before that the newest in the making, where that was wanted.
 *
 * @throws MaquetteError `not_found`
 */
export async function readRenderPicture(
  db: DataReader,
  organizationId: OrganizationId,
  id: RenderId,
): Promise<BlobReference & { contentType: string }> {
  const render = await readRender(db, organizationId, id);
  if (render.image) return readDerivative(db, organizationId, render.image.derivativeId);
  const picture = render.progressPicture ? await readJobPicture(db, render.job) : undefined;
  if (!picture) throw notFound('picture of the render', id);
  const { content_type: contentType, ...blob } = picture;
  return { ...blob, contentType };
}

/** Newest first. */
export async function listRenders(
  db: DataReader,
  organizationId: OrganizationId,
  request: RenderListRequest,
): Promise<Page<Render>> {
  const start = startOf('render', request);
  let query = selectRenders(db, organizationId);
  if (start !== null) query = query.where('renders.id', '<', start);
  if (request.assetId !== undefined) query = query.where('renders.asset_id', '=', request.assetId);
  const { state } = request;
  if (state === 'queued') {
    query = query
      .where('renders.state', '=', 'pending')
      .where(({ or, eb }) => or([eb('jobs.state', '=', 'queued'), eb('jobs.state', 'is', null)]));
  } else if (state === 'running') {
    query = query.where('renders.state', '=', 'pending').where('jobs.state', '=', 'running');
  } else if (state !== undefined) {
    query = query.where('renders.state', '=', state);
  }
  const rows = await query
    .orderBy('renders.id', 'desc')
    .limit(request.limit + 1)
    .execute();
  const page = pageOfRows(rows, request, (row) => row);
  return { ...page, data: await withFiles(db, page.data) };
}

function selectRenders(db: DataReader, organizationId: OrganizationId) {
  return db
    .selectFrom('renders')
    .innerJoin('assets', 'assets.id', 'renders.asset_id')
    .leftJoin('jobs', 'jobs.id', 'renders.job_id')
    .leftJoin('derivatives', 'derivatives.id', 'renders.derivative_id')
    .where('renders.organization_id', '=', organizationId)
    .select([
      'renders.id',
      'renders.asset_id',
      'renders.version_id',
      'renders.purpose',
      'renders.state',
      'renders.request',
      'renders.estimate',
      'renders.job_id',
      'renders.progress_pictures',
      'renders.cached',
      'renders.error',
      'renders.created_at',
      'renders.finished_at',
      'assets.project_id',
      'jobs.state as job_state',
      'derivatives.id as derivative_id',
      'derivatives.content_type',
      'derivatives.width',
      'derivatives.height',
      'derivatives.bytes',
      'derivatives.cost',
      'derivatives.role',
      'derivatives.media',
      'derivatives.meaning',
    ]);
}

type RenderRow = Awaited<ReturnType<ReturnType<typeof selectRenders>['executeTakeFirstOrThrow']>>;

/** The renders of some rows, each with the files that were made, or with its picture in the making. */
async function withFiles(db: DataReader, rows: readonly RenderRow[]): Promise<Render[]> {
  const main = rows.flatMap((row) => (row.derivative_id === null ? [] : [row.derivative_id]));
  const passes = await listPasses(db, [...new Set(main)]);
  const watched = rows.filter(({ state, progress_pictures }) => state === 'pending' && progress_pictures);
  const pictures = await listJobPictures(db, [...new Set(watched.map(({ job_id }) => job_id))]);
  return rows.map((row) => {
    const own = passes.filter(({ picture_id }) => picture_id === row.derivative_id);
    return toRender(row, own, watched.includes(row) ? pictures.get(row.job_id) : undefined);
  });
}

function toRender(row: RenderRow, passes: readonly DerivativeRow[], picture: ProgressPicture | undefined): Render {
  const { derivative_id, role, content_type, bytes } = row;
  const made = derivative_id !== null && content_type !== null && bytes !== null;
  const main = made ? [{ ...row, id: derivative_id, role, content_type, bytes }] : [];
  const files = [...main, ...(made ? passes : [])].map(toRenderFile);
  const first = isSequence(row.request) ? files.find(({ role }) => role === 'poster') : files[0];
  return {
    id: row.id,
    assetId: row.asset_id,
    versionId: row.version_id,
    projectId: row.project_id,
    purpose: row.purpose,
    state: row.state === 'pending' ? (row.job_state === 'running' ? 'running' : 'queued') : row.state,
    request: requestOf(row.request),
    job: row.job_id,
    image: first ? imageOf(first) : null,
    files,
    progressPicture: picture ? { ...picture, url: renderPictureUrl(row.id, picture.samples) } : null,
    estimate: row.estimate,
    cost: row.cost && { ...row.cost, cached: row.cached },
    error: row.error && toPublicError(row.error),
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

function imageOf({ role: _role, media: _media, meaning: _meaning, ...image }: RenderFile): Render['image'] {
  return image;
}
