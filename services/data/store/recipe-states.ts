import { sql } from 'kysely';
import type { OrganizationId, VersionId } from '#contracts/ids/ids.ts';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { KeptState } from '#contracts/jobs/job-kinds.ts';
import type { DataReader, DataTrx } from '../tables.ts';

/** Records what a recipe has kept, for those of its organisation that begin alike. It goes with its version. */
export async function insertStates(
  trx: DataTrx,
  organizationId: OrganizationId,
  versionId: VersionId,
  states: readonly KeptState[],
): Promise<void> {
  if (states.length === 0) return;
  await trx
    .insertInto('recipe_states')
    .values(
      states.map(({ key, blob: { sha256, bytes } }) => ({
        organization_id: organizationId,
        key,
        version_id: versionId,
        sha256,
        bytes,
      })),
    )
    .onConflict((conflict) => conflict.columns(['organization_id', 'key']).doNothing())
    .execute();
}

/** Those of some results of steps that are kept, which count as used from now on. */
export async function useStates(
  trx: DataTrx,
  organizationId: OrganizationId,
  keys: readonly Sha256[],
): Promise<Map<Sha256, KeptState>> {
  if (keys.length === 0) return new Map();
  const rows = await trx
    .updateTable('recipe_states')
    .set({ used_at: sql<Date>`now()` })
    .where('organization_id', '=', organizationId)
    .where('key', 'in', keys)
    .returning(['key', 'sha256', 'bytes'])
    .execute();
  return new Map(rows.map(({ key, sha256, bytes }) => [key, { key, blob: { sha256, bytes } }]));
}

/**
 * Forgets what nobody has used since `cutoff`, and of the rest what was used longest ago until no more than `bytes` are
 * kept.
 *
 * @returns the blobs that were kept
 */
export async function forgetStates(db: DataReader, cutoff: Date, bytes: number): Promise<Sha256[]> {
  const { rows } = await sql<{ sha256: Sha256 }>`
    delete from recipe_states using (
      select organization_id, key, used_at,
        sum(bytes) over (order by used_at desc, organization_id, key) as total
      from recipe_states
    ) as ranked
    where recipe_states.organization_id = ranked.organization_id and recipe_states.key = ranked.key
      and (ranked.used_at < ${cutoff} or ranked.total > ${bytes})
    returning recipe_states.sha256`.execute(db);
  return rows.map(({ sha256 }) => sha256);
}
