import { createHash } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { ErrorValue } from '#contracts/errors/maquette-error.ts';
import type { AssetId, DerivativeId, JobId, OrganizationId, VersionId } from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { BlobReference, SourceFile } from '#contracts/jobs/blob-reference.ts';
import { ModelFacts, type ModelReport } from '#contracts/model/model-report.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { AssetFile, AssetState, AssetVersion } from '#contracts/rest/resources/asset.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { batches } from '../batches.ts';
import { notProcessed, toPublicError } from '../errors.ts';
import type { DataReader, DataTrx, VersionsTable } from '../tables.ts';
import { fileUrl, glbUrl } from '../urls.ts';
import { requireAsset } from './assets.ts';

/**
 * Records a version, its number following the newest, whose files are still to come (`recordFiles`). The asset is new or
 * locked.
 */
export async function insertVersion(
  trx: DataTrx,
  version: { id: VersionId; organizationId: OrganizationId; assetId: AssetId; jobId: JobId },
): Promise<void> {
  const newest = await trx
    .selectFrom('versions')
    .select(({ fn }) => fn.max('number').as('number'))
    .where('asset_id', '=', version.assetId)
    .executeTakeFirst();
  await trx
    .insertInto('versions')
    .values({
      id: version.id,
      organization_id: version.organizationId,
      asset_id: version.assetId,
      number: (newest?.number ?? 0) + 1,
      state: 'uploading',
      bytes: 0,
      job_id: version.jobId,
    })
    .execute();
}

/** The files of a version are there: from now on `jobId` processes it. */
export async function recordFiles(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: VersionId,
  files: SourceFile[],
  jobId: JobId,
): Promise<void> {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const key = contentKey(files);
  const earlier = await trx
    .selectFrom('versions')
    .select('asset_id')
    .where('organization_id', '=', organizationId)
    .where('content_key', '=', key)
    .where('id', '<>', id)
    .orderBy('id')
    .executeTakeFirst();
  const duplicate_of = earlier?.asset_id ?? null;
  await trx
    .updateTable('versions')
    .set({ state: 'processing', bytes, job_id: jobId, content_key: key, duplicate_of })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute();
  const rows = files.map(({ name, sha256, bytes }, ordinal) => ({
    version_id: id,
    ordinal,
    name,
    sha256,
    bytes,
  }));
  for (const batch of batches(rows)) await trx.insertInto('version_files').values(batch).execute();
}

/** A name for some files together, by their bytes. */
function contentKey(files: SourceFile[]): Sha256 {
  const hashes = files.map(({ sha256 }) => sha256).sort();
  return createHash('sha256').update(hashes.join('\n')).digest('hex');
}

/** What renders and settlements need to know of a version. */
export interface VersionFacts {
  id: VersionId;
  number: number;
  state: AssetState;
  glb: BlobReference | null;
}

export async function readVersionFacts(
  db: DataReader,
  organizationId: OrganizationId,
  id: VersionId,
): Promise<VersionFacts | undefined> {
  const row = await selectFacts(db, organizationId).where('versions.id', '=', id).executeTakeFirst();
  return row && toFacts(row);
}

/** The clips of a version, as its report lists them; none before it was processed. */
export async function readAnimations(
  db: DataReader,
  organizationId: OrganizationId,
  id: VersionId,
): Promise<ModelReport['animations']> {
  const row = await db
    .selectFrom('versions')
    .select(sql<ModelReport['animations'] | null>`report -> 'animations'`.as('animations'))
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.animations ?? [];
}

/** Of the newest version of an asset. */
export async function readNewestVersion(
  db: DataReader,
  organizationId: OrganizationId,
  assetId: AssetId,
): Promise<VersionFacts | undefined> {
  const row = await selectFacts(db, organizationId)
    .innerJoin('assets', 'assets.version_id', 'versions.id')
    .where('assets.id', '=', assetId)
    .executeTakeFirst();
  return row && toFacts(row);
}

/** Of a version of an asset by its number. */
export async function readNumberedVersion(
  db: DataReader,
  organizationId: OrganizationId,
  assetId: AssetId,
  number: number,
): Promise<VersionFacts | undefined> {
  const row = await selectFacts(db, organizationId)
    .where('versions.asset_id', '=', assetId)
    .where('versions.number', '=', number)
    .executeTakeFirst();
  return row && toFacts(row);
}

/**
 * What was measured on an asset's newest version, as far as renders depend on it.
 *
 * @throws MaquetteError `not_found`, `conflict` while (or because) it has no normalised model
 */
export async function readModelFacts(
  db: DataReader,
  organizationId: OrganizationId,
  assetId: AssetId,
): Promise<ModelFacts> {
  const row = await selectFacts(db, organizationId)
    .innerJoin('assets', 'assets.version_id', 'versions.id')
    .where('assets.id', '=', assetId)
    .select(factsOfReport.as('facts'))
    .executeTakeFirst();
  if (!row) throw notFound('asset', assetId);
  if (!row.facts || row.glb_sha256 === null) throw notProcessed(assetId, row.state, 'rendered');
  return ModelFacts.parse(row.facts);
}

/** A report can be megabytes, of which these are a few kilobytes. */
const factsOfReport = sql<unknown>`(
  select json_object_agg(field.key, field.value) from json_each(versions.report) as field
  where field.key in (${sql.join(Object.keys(ModelFacts.shape))}))`;

function selectFacts(db: DataReader, organizationId: OrganizationId) {
  return db
    .selectFrom('versions')
    .select(['versions.id', 'versions.number', 'versions.state', 'versions.glb_sha256', 'versions.glb_bytes'])
    .where('versions.organization_id', '=', organizationId);
}

function toFacts(
  row: Pick<Selectable<VersionsTable>, 'id' | 'number' | 'state' | 'glb_sha256' | 'glb_bytes'>,
): VersionFacts {
  const glb = row.glb_sha256 === null ? null : { sha256: row.glb_sha256, bytes: row.glb_bytes ?? 0 };
  return { id: row.id, number: row.number, state: row.state, glb };
}

/** What processing made of a version. */
export async function recordProcessed(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: VersionId,
  outcome: { state: AssetState; report: ModelReport; glb: BlobReference },
): Promise<void> {
  await trx
    .updateTable('versions')
    .set({
      state: outcome.state,
      format: outcome.report.format,
      report: JSON.stringify(outcome.report),
      glb_sha256: outcome.glb.sha256,
      glb_bytes: outcome.glb.bytes,
      error: null,
    })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute();
}

/** A version that could not be processed. */
export async function recordRejected(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: VersionId,
  error: ErrorValue,
): Promise<void> {
  await trx
    .updateTable('versions')
    .set({ state: 'failed', error: JSON.stringify(error) })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .execute();
}

/** A version that came to nothing and is tried again. */
export async function recordRetried(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: VersionId,
  state: 'uploading' | 'processing',
): Promise<void> {
  await trx
    .updateTable('versions')
    .set({ state, error: null })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('state', '=', 'failed')
    .execute();
}

/** The preview of a version ended, with a picture or without: the version is ready. One that it has already stays. */
export async function recordPreviewed(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: VersionId,
  previewId: DerivativeId | null,
): Promise<void> {
  await trx
    .updateTable('versions')
    .set({ state: 'ready', ...(previewId !== null && { preview_id: previewId }) })
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .where('state', 'in', ['processing', 'ready'])
    .execute();
}

/** Newest first. @throws MaquetteError `not_found` */
export async function listVersions(
  db: DataReader,
  organizationId: OrganizationId,
  assetId: AssetId,
  request: PageRequest,
): Promise<Page<AssetVersion>> {
  const start = startOf('version', request);
  await requireAsset(db, organizationId, assetId);
  const rows = await db
    .selectFrom('versions')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('asset_id', '=', assetId)
    .$if(start !== null, (query) => query.where('id', '<', start as VersionId))
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toVersion);
}

/** The originals of a version (of the newest when no number is given), then its GLB. @throws MaquetteError `not_found` */
export async function listFiles(
  db: DataReader,
  organizationId: OrganizationId,
  assetId: AssetId,
  number: number | undefined,
): Promise<AssetFile[]> {
  const newest = await requireAsset(db, organizationId, assetId);
  const version = await db
    .selectFrom('versions')
    .select(['id', 'number', 'glb_sha256', 'glb_bytes'])
    .where('organization_id', '=', organizationId)
    .where('asset_id', '=', assetId)
    .$if(number === undefined, (query) => query.where('id', '=', newest))
    .$if(number !== undefined, (query) => query.where('number', '=', number as number))
    .executeTakeFirst();
  if (!version) throw notFound('version', `${number} of the asset ${assetId}`);
  const originals = await db
    .selectFrom('version_files')
    .select(['name', 'sha256', 'bytes'])
    .where('version_id', '=', version.id)
    .orderBy('ordinal')
    .execute();
  const files: AssetFile[] = originals.map(({ name, sha256, bytes }) => ({
    name,
    role: 'original',
    bytes,
    sha256,
    url: fileUrl(assetId, version.number, name),
  }));
  if (version.glb_sha256 !== null) {
    files.push({
      name: 'model.glb',
      role: 'glb',
      bytes: version.glb_bytes ?? 0,
      sha256: version.glb_sha256,
      url: glbUrl(assetId, version.id === newest ? undefined : version.number),
    });
  }
  return files;
}

function toVersion(row: Selectable<VersionsTable>): AssetVersion {
  return {
    id: row.id,
    assetId: row.asset_id,
    number: row.number,
    state: row.state,
    format: row.format,
    bytes: row.bytes,
    createdAt: row.created_at.toISOString(),
    duplicateOf: row.duplicate_of,
    error: row.error && toPublicError(row.error),
    job: row.job_id,
  };
}
