import { sql } from 'kysely';
import type { Sha256 } from '#contracts/ids/sha256.ts';
import type { DataReader, DataTables, DataTrx } from '../tables.ts';

/** What jobs make on the way: each row names its job and a blob. */
const MADE_ON_THE_WAY = ['sequence_frames', 'job_pictures'] as const satisfies (keyof DataTables)[];

/** Blobs that a job has made on the way which ended before `cutoff`, or is not known any more. */
export async function listDiscarded(db: DataReader, cutoff: Date, limit: number): Promise<Sha256[]> {
  const made = MADE_ON_THE_WAY.map((table) => sql`select job_id, sha256 from ${sql.table(table)}`);
  const { rows } = await sql<{ sha256: Sha256 }>`
    select distinct made.sha256 from (${sql.join(made, sql` union all `)}) as made
    left join jobs on jobs.id = made.job_id
    where jobs.id is null or jobs.finished_at < ${cutoff}
    limit ${limit}`.execute(db);
  return rows.map(({ sha256 }) => sha256);
}

/** Forgets that jobs which ended before `cutoff` have made a blob. */
export async function forgetDiscarded(trx: DataTrx, sha256: Sha256, cutoff: Date): Promise<void> {
  for (const table of MADE_ON_THE_WAY) {
    await sql`
      delete from ${sql.table(table)} as made
      where made.sha256 = ${sha256} and not exists (
        select from jobs where jobs.id = made.job_id and (jobs.finished_at is null or jobs.finished_at >= ${cutoff})
      )`.execute(trx);
  }
}
