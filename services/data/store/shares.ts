import { type Selectable, sql } from 'kysely';
import { type AssetId, newId, type OrganizationId, type ShareId } from '#contracts/ids/ids.ts';
import type { KeptShare } from '#contracts/rest/data/shares.ts';
import type { Page } from '#contracts/rest/page.ts';
import { notFound } from '#platform/errors/not-found.ts';
import { requireMatch } from '#platform/rest/entity-tags.ts';
import { type PageRequest, pageOfRows, startOf } from '#platform/rest/page.ts';
import type { DataReader, DataTrx } from '../tables.ts';
import type { SharesTable } from '../upload-tables.ts';
import { requireAsset } from './assets.ts';

/** @throws MaquetteError `not_found` (the asset) */
export async function insertShare(
  trx: DataTrx,
  organizationId: OrganizationId,
  assetId: AssetId,
  { name, expiresAt, passwordHash }: { name: string; expiresAt?: string | undefined; passwordHash: string | null },
): Promise<KeptShare> {
  await requireAsset(trx, organizationId, assetId);
  const row = await trx
    .insertInto('shares')
    .values({
      id: newId('share'),
      organization_id: organizationId,
      asset_id: assetId,
      name,
      expires_at: expiresAt === undefined ? null : new Date(expiresAt),
      password_hash: passwordHash,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return toShare(row);
}

/** @throws MaquetteError `not_found` */
export async function readShare(db: DataReader, organizationId: OrganizationId, id: ShareId): Promise<KeptShare> {
  const row = await selectShare(db, organizationId, id).executeTakeFirst();
  if (!row) throw notFound('share', id);
  return toShare(row);
}

/** The hash of a share's password; null when it asks for none. @throws MaquetteError `not_found` */
export async function readPasswordHash(
  db: DataReader,
  organizationId: OrganizationId,
  id: ShareId,
): Promise<string | null> {
  const row = await db
    .selectFrom('shares')
    .select('password_hash')
    .where('organization_id', '=', organizationId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('share', id);
  return row.password_hash;
}

/** Newest first. */
export async function listShares(
  db: DataReader,
  organizationId: OrganizationId,
  request: PageRequest & { assetId?: AssetId | undefined },
): Promise<Page<KeptShare>> {
  const start = startOf('share', request);
  let query = db.selectFrom('shares').selectAll().where('organization_id', '=', organizationId);
  if (start !== null) query = query.where('id', '<', start);
  if (request.assetId !== undefined) query = query.where('asset_id', '=', request.assetId);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(request.limit + 1)
    .execute();
  return pageOfRows(rows, request, toShare);
}

/**
 * Ends a share; one that was revoked before stays as it was.
 *
 * @param ifMatch what the change builds on, as `If-Match` says it
 * @throws MaquetteError `not_found`, `precondition_failed`
 */
export async function revokeShare(
  trx: DataTrx,
  organizationId: OrganizationId,
  id: ShareId,
  ifMatch: string | undefined,
): Promise<void> {
  const row = await selectShare(trx, organizationId, id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('share', id);
  requireMatch(ifMatch, toShare(row));
  await trx
    .updateTable('shares')
    .set({ revoked_at: sql<Date>`coalesce(revoked_at, now())` })
    .where('id', '=', id)
    .execute();
}

function selectShare(db: DataReader, organizationId: OrganizationId, id: ShareId) {
  return db.selectFrom('shares').selectAll().where('organization_id', '=', organizationId).where('id', '=', id);
}

function toShare(row: Selectable<SharesTable>): KeptShare {
  return {
    id: row.id,
    assetId: row.asset_id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    hasPassword: row.password_hash !== null,
  };
}
