import { sql } from 'kysely';
import type { OrganizationId } from '#contracts/ids/ids.ts';
import { quotaExceeded } from '../errors.ts';
import { readMonthOfRenders, readStorage } from '../store/usage.ts';
import type { DataTrx } from '../tables.ts';
import { type QuotaDeps, quotaOf } from './quotas.ts';

/**
 * Refuses what the transaction has stored, or is about to, when it is more than the organisation may store.
 *
 * @param more bytes that are not stored yet
 * @throws MaquetteError `quota_exceeded`, with the figures
 */
export async function requireStorage(
  trx: DataTrx,
  deps: QuotaDeps,
  organizationId: OrganizationId,
  more = 0,
): Promise<void> {
  const { storage: limit } = await quotaOf(trx, deps, organizationId);
  if (limit === null) return;
  const used = (await readStorage(trx, organizationId)) + more;
  if (used > limit) throw quotaExceeded('storage', used, limit, 'bytes', 'Delete what is no longer needed');
}

/**
 * Refuses a render when the month's seconds are used up.
 * @throws MaquetteError `quota_exceeded`, with the figures
 */
export async function requireRenderSeconds(
  trx: DataTrx,
  deps: QuotaDeps,
  organizationId: OrganizationId,
): Promise<void> {
  const { renderSeconds: limit } = await quotaOf(trx, deps, organizationId);
  if (limit === null) return;
  const used = await readMonthOfRenders(trx, organizationId);
  if (used >= limit) {
    throw quotaExceeded(
      'renderSeconds',
      Math.round(used),
      limit,
      'seconds this month',
      'Wait for the next month (UTC)',
    );
  }
}

/**
 * Refuses one more job when as many wait as may.
 * @throws MaquetteError `quota_exceeded`, with the figures
 */
export async function requireRoomInQueue(trx: DataTrx, deps: QuotaDeps, organizationId: OrganizationId): Promise<void> {
  const { queued: limit } = await quotaOf(trx, deps, organizationId);
  if (limit === null) return;
  // No more are counted than matter.
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (
      select 1 from jobs where organization_id = ${organizationId} and state = 'queued' and parent_id is null
        and kind <> 'webhook.deliver' limit ${limit + 1}
    ) as waiting`.execute(trx);
  const used = rows[0]?.count ?? 0;
  if (used >= limit) throw quotaExceeded('jobsQueued', used, limit, 'jobs waiting', 'Wait until some have ended');
}
