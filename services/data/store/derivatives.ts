import type { Selectable } from 'kysely';
import {
  type AssetId,
  type DerivativeId,
  type JobId,
  newId,
  type OrganizationId,
  type VersionId,
} from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { BlobReference } from '#contracts/jobs/blob-reference.ts';
import type { RenderStats } from '#contracts/jobs/job-kinds.ts';
import type { OptimizeReport } from '#contracts/operations/optimize-report.ts';
import type { PassMeaning, RenderFileRole, RenderMedia } from '#contracts/render/render-file.ts';
import type { Page } from '#contracts/rest/page.ts';
import type { Derivative } from '#contracts/rest/resources/asset.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import type { DataReader, DataTrx, DerivativesTable } from '../tables.ts';
import { derivativeUrl } from '../urls.ts';
import { requireAsset } from './assets.ts';

/** A derivative before it has an id. */
export interface NewDerivative {
  organizationId: OrganizationId;
  assetId: AssetId;
  versionId: VersionId;
  operation: string;
  parameters: Record<string, unknown>;
  /** Every version that it was made of, where these are more than its own. */
  sources?: Derivative['sources'];
  key: Sha256;
  blob: BlobReference;
  contentType: string;
  width: number | null;
  height: number | null;
  cost: RenderStats;
  /** Of a file of a render. */
  role?: RenderFileRole;
  /** The main file whose pass or poster it is. */
  pictureId?: DerivativeId;
  /** Of a video or an archive. */
  media?: RenderMedia | null | undefined;
  /** Of a pass as PNG. */
  meaning?: PassMeaning | null | undefined;
  /** Of a recipe. */
  report?: OptimizeReport;
  jobId: JobId;
}

/** A row of `derivatives`. */
export type DerivativeRow = Selectable<DerivativesTable>;

/** Records a derivative, or finds the one that is there under its version and key. */
export async function insertDerivative(trx: DataTrx, derivative: NewDerivative): Promise<DerivativeRow> {
  const inserted = await trx
    .insertInto('derivatives')
    .values({
      id: newId('derivative'),
      organization_id: derivative.organizationId,
      asset_id: derivative.assetId,
      version_id: derivative.versionId,
      operation: derivative.operation,
      parameters: JSON.stringify(derivative.parameters),
      sources: derivative.sources && derivative.sources.length > 1 ? JSON.stringify(derivative.sources) : null,
      key: derivative.key,
      content_type: derivative.contentType,
      width: derivative.width,
      height: derivative.height,
      bytes: derivative.blob.bytes,
      sha256: derivative.blob.sha256,
      cost: JSON.stringify(derivative.cost),
      role: derivative.role ?? null,
      picture_id: derivative.pictureId ?? null,
      media: derivative.media ? JSON.stringify(derivative.media) : null,
      meaning: derivative.meaning ? JSON.stringify(derivative.meaning) : null,
      report: derivative.report ? JSON.stringify(derivative.report) : null,
      job_id: derivative.jobId,
    })
    .onConflict((conflict) => conflict.columns(['version_id', 'key']).doNothing())
    .returningAll()
    .executeTakeFirst();
  return (
    inserted ??
    (await trx
      .selectFrom('derivatives')
      .selectAll()
      .where('version_id', '=', derivative.versionId)
      .where('key', '=', derivative.key)
      .executeTakeFirstOrThrow())
  );
}

/** What an organisation has under a key, this version's own first. */
export async function findDerivative(
  db: DataReader,
  organizationId: OrganizationId,
  versionId: VersionId,
  key: Sha256,
): Promise<DerivativeRow | undefined> {
  return db
    .selectFrom('derivatives')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('key', '=', key)
    .orderBy((eb) => eb.case().when('version_id', '=', versionId).then(0).else(1).end())
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
}

/** The passes, posters and further formats that were made together with some main files, in the order of their making. */
export function listPasses(db: DataReader, pictures: DerivativeId[]): Promise<DerivativeRow[]> {
  if (pictures.length === 0) return Promise.resolve([]);
  return db.selectFrom('derivatives').selectAll().where('picture_id', 'in', pictures).orderBy('id').execute();
}

/** @throws MaquetteError `not_found` */
export async function readDerivative(
  db: DataReader,
  organizationId: OrganizationId,
  id: DerivativeId,
): Promise<Derivative> {
  const [derivative] = await readDerivatives(db, organizationId, [id]);
  if (!derivative) throw notFound('derivative', id);
  return derivative;
}

/** Those of some that are there. */
export async function readDerivatives(
  db: DataReader,
  organizationId: OrganizationId,
  ids: DerivativeId[],
): Promise<Derivative[]> {
  const rows = await db
    .selectFrom('derivatives')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('id', 'in', ids)
    .execute();
  return rows.map(toDerivative);
}

/** Of all versions of an asset, newest first. @throws MaquetteError `not_found` */
export async function listDerivatives(
  db: DataReader,
  organizationId: OrganizationId,
  assetId: AssetId,
  request: PageRequest,
): Promise<Page<Derivative>> {
  const start = startOf('derivative', request);
  await requireAsset(db, organizationId, assetId);
  const rows = await db
    .selectFrom('derivatives')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('asset_id', '=', assetId)
    .$if(start !== null, (query) => query.where('id', '<', start as DerivativeId))
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toDerivative);
}

/** A row as clients see it. */
export function toDerivative(row: DerivativeRow): Derivative {
  return {
    id: row.id,
    assetId: row.asset_id,
    versionId: row.version_id,
    operation: row.operation,
    parameters: row.parameters,
    sources: row.sources ?? [{ assetId: row.asset_id, versionId: row.version_id }],
    key: row.key,
    contentType: row.content_type,
    width: row.width,
    height: row.height,
    bytes: row.bytes,
    sha256: row.sha256,
    createdAt: row.created_at.toISOString(),
    url: derivativeUrl(row.id),
    report: row.report,
  };
}
