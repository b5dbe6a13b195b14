import { sql } from 'kysely';
import type { AssetId, OrganizationId, ProjectId, VersionId } from '#contracts/ids/ids.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { Asset, AssetState } from '#contracts/rest/resources/asset.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import { staleRevision, toPublicError } from '../errors.ts';
import type { DataReader, DataTrx } from '../tables.ts';
import { derivativeUrl } from '../urls.ts';

/** An asset whose row this transaction has locked. */
export interface LockedAsset {
  id: AssetId;
  organizationId: OrganizationId;
  projectId: ProjectId;
  name: string;
  /** The newest version. */
  versionId: VersionId;
  revision: number;
}

/** Filters of the list of assets. */
export interface AssetListRequest extends PageRequest {
  projectId?: ProjectId | undefined;
  state?: AssetState | undefined;
  name?: string | undefined;
}

/** Records a new asset; its version is to follow in the same transaction. */
export async function insertAsset(trx: DataTrx, asset: LockedAsset): Promise<void> {
  await trx
    .insertInto('assets')
    .values({
      id: asset.id,
      organization_id: asset.organizationId,
      project_id: asset.projectId,
      name: asset.name,
      version_id: asset.versionId,
      revision: asset.revision,
    })
    .execute();
}

/** Locks an asset until the transaction ends. @throws MaquetteError `not_found`, `precondition_failed` */
export async function lockAsset(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: AssetId,
  ifRevision?: number,
): Promise<LockedAsset> {
  const asset = await tryLockAsset(trx, organizationId, id);
  if (!asset) throw notFound('asset', id);
  if (ifRevision !== undefined && ifRevision !== asset.revision) {
    throw staleRevision('asset', id, ifRevision, asset.revision);
  }
  return asset;
}

/** Locks an asset until the transaction ends; undefined when it is not (or no longer) there. */
export async function tryLockAsset(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: AssetId,
): Promise<LockedAsset | undefined> {
  const row = await trx
    .selectFrom('assets')
    .select(['project_id', 'name', 'version_id', 'revision'])
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  return {
    id,
    organizationId,
    projectId: row.project_id,
    name: row.name,
    versionId: row.version_id,
    revision: row.revision,
  };
}

/** @throws MaquetteError `not_found` */
export async function readAsset(db: DataReader, organizationId: OrganizationId, id: AssetId): Promise<Asset> {
  const [asset] = await readAssets(db, organizationId, [id]);
  if (!asset) throw notFound('asset', id);
  return asset;
}

/** Those of some that are there. */
export async function readAssets(db: DataReader, organizationId: OrganizationId, ids: AssetId[]): Promise<Asset[]> {
  const rows = await selectAssets(db, organizationId).where('assets.id', 'in', ids).execute();
  return rows.map(toAsset);
}

/** @throws MaquetteError `not_found` when there is no such asset in the organisation */
export async function requireAsset(db: DataReader, organizationId: OrganizationId, id: AssetId): Promise<VersionId> {
  const row = await db
    .selectFrom('assets')
    .select('version_id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('asset', id);
  return row.version_id;
}

/** The project that an asset is in. @throws MaquetteError `not_found` */
export async function projectOfAsset(db: DataReader, organizationId: OrganizationId, id: AssetId): Promise<ProjectId> {
  const row = await db
    .selectFrom('assets')
    .select('project_id')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('asset', id);
  return row.project_id;
}

/** Newest first. */
export async function listAssets(
  db: DataReader,
  organizationId: OrganizationId,
  request: AssetListRequest,
): Promise<Page<Asset>> {
  const start = startOf('asset', request);
  let query = selectAssets(db, organizationId);
  if (start !== null) query = query.where('assets.id', '<', start);
  if (request.projectId !== undefined) query = query.where('assets.project_id', '=', request.projectId);
  if (request.state !== undefined) query = query.where('versions.state', '=', request.state);
  if (request.name) {
    const part = request.name.replaceAll(/[\\%_]/g, '\\$&');
    query = query.where('assets.name', 'ilike', `%${part}%`);
  }
  const rows = await query
    .orderBy('assets.id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toAsset);
}

/** Changes a locked asset's row; its revision grows. */
export async function changeAsset(
  trx: DataTrx,
  asset: LockedAsset,
  change: { name?: string | undefined; projectId?: ProjectId | undefined; versionId?: VersionId | undefined } = {},
): Promise<void> {
  await trx
    .updateTable('assets')
    .set({
      ...(change.name !== undefined && { name: change.name }),
      ...(change.projectId !== undefined && { project_id: change.projectId }),
      ...(change.versionId !== undefined && { version_id: change.versionId }),
      revision: sql<number>`revision + 1`,
      updated_at: sql<Date>`now()`,
    })
    .where('organization_id', '=', asset.organizationId)
    .where('id', '=', asset.id)
    .execute();
}

/** Deletes a locked asset with its versions, files, derivatives and renders. */
export async function deleteAssetRows(trx: DataTrx, asset: LockedAsset): Promise<void> {
  // Renders refer to derivatives, so they go first; the rest follows the asset by itself.
  await trx.deleteFrom('renders').where('asset_id', '=', asset.id).execute();
  await trx
    .deleteFrom('assets')
    .where('organization_id', '=', asset.organizationId)
    .where('id', '=', asset.id)
    .execute();
}

function selectAssets(db: DataReader, organizationId: OrganizationId) {
  return db
    .selectFrom('assets')
    .innerJoin('versions', 'versions.id', 'assets.version_id')
    .leftJoin('derivatives as previews', 'previews.id', 'versions.preview_id')
    .where('assets.organization_id', '=', organizationId)
    .select([
      'assets.id',
      'assets.project_id',
      'assets.name',
      'assets.revision',
      'assets.created_at',
      'assets.updated_at',
      'assets.version_id',
      'versions.number',
      'versions.state',
      'versions.format',
      'versions.report',
      'versions.duplicate_of',
      'versions.error',
      'versions.job_id',
      'previews.id as preview_id',
      'previews.width as preview_width',
      'previews.height as preview_height',
    ]);
}

type AssetRow = Awaited<ReturnType<ReturnType<typeof selectAssets>['executeTakeFirstOrThrow']>>;

function toAsset(row: AssetRow): Asset {
  const { preview_id: previewId, preview_width: width, preview_height: height } = row;
  return {
    id: row.id,
    projectId: row.project_id,
    name: row.name,
    state: row.state,
    format: row.format,
    version: row.number,
    versionId: row.version_id,
    revision: row.revision,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    report: row.report,
    preview:
      previewId === null || width === null || height === null ? null : { url: derivativeUrl(previewId), width, height },
    duplicateOf: row.duplicate_of,
    error: row.error && toPublicError(row.error),
    job: row.job_id,
  };
}
