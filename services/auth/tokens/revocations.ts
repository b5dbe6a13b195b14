import { sql } from 'kysely';
import { TOKEN_SECONDS } from '#contracts/access/access-token.ts';
import type { ApiKeyId, ServiceAccountId, SessionId, UserId } from '#contracts/ids/ids.ts';
import type { AuthReader, AuthTrx } from '../tables.ts';

/**
 * Notes that access tokens made of something count no more: of keys, sessions and service accounts none at all; of users
 * those that were made before now. Gateways hear of it within seconds.
 *
 * @param inSeconds when they end, if not at once
 */
export async function revokeTokens(
  trx: AuthTrx,
  subjects: readonly (ApiKeyId | SessionId | ServiceAccountId | UserId)[],
  inSeconds = 0,
): Promise<void> {
  if (subjects.length === 0) return;
  await sql`
    insert into revocations (subject_id, revoked_at)
    select subject, clock_timestamp() + make_interval(secs => ${inSeconds}) from unnest(${subjects}::text[]) as subject
    on conflict (subject_id) do update set revoked_at = excluded.revoked_at`.execute(trx);
}

/** What was revoked since a moment, and the time now, both in milliseconds. */
export async function revocationsSince(
  db: AuthReader,
  since: number,
): Promise<{ revocations: { subjectId: string; at: number }[]; now: number }> {
  const { rows } = await sql<{ subject_id: string | null; at: number | null; now: number }>`
    select subject_id, extract(epoch from revoked_at)::float8 * 1000 as at, moment.now
    from (select extract(epoch from clock_timestamp())::float8 * 1000 as now) as moment
    left join revocations on revoked_at >= to_timestamp(${since}::float8 / 1000)`.execute(db);
  const revocations = rows.flatMap(({ subject_id, at }) =>
    subject_id === null || at === null ? [] : [{ subjectId: subject_id, at: Math.ceil(at) }],
  );
  return { revocations, now: Math.floor(rows[0]?.now ?? since) };
}

/** Deletes entries that no token is old enough for. */
export async function pruneRevocations(db: AuthReader): Promise<void> {
  const seconds = 2 * TOKEN_SECONDS;
  await sql`delete from revocations where revoked_at < now() - make_interval(secs => ${seconds})`.execute(db);
}
