import { type RawBuilder, sql } from 'kysely';
import type { JobId, OrganizationId } from '#contracts/ids/ids.ts';
import type { JobKind } from '#contracts/jobs/job-kinds.ts';
import type { Usage, UsageDay } from '#contracts/rest/resources/usage.ts';
import { type QuotaDeps, quotaOf } from '../quotas/quotas.ts';
import type { DataReader, DataTrx } from '../tables.ts';

/**
 * Bytes that an organisation has stored, those of uploads under way included: what came of them in pieces, and all that
 * those may hold whose bytes go straight to the storage.
 */
export async function readStorage(db: DataReader, organizationId: OrganizationId): Promise<number> {
  const { rows } = await sql<{ bytes: string | number }>`
    select coalesce((select bytes from storage_use where organization_id = ${organizationId}), 0)
      + ${pendingBytes(sql`organization_id = ${organizationId} and expires_at > now()`)} as bytes`.execute(db);
  return Number(rows[0]?.bytes ?? 0);
}

/** Bytes of the uploads that a job makes files of: they count no more once it has. */
export async function readBytesOfUploads(db: DataReader, jobId: JobId): Promise<number> {
  const { rows } = await sql<{ bytes: string | number }>`select ${pendingBytes(
    sql`job_id = ${jobId} and expires_at > now()`,
  )} as bytes`.execute(db);
  return Number(rows[0]?.bytes ?? 0);
}

function pendingBytes(which: RawBuilder<unknown>) {
  return sql`(select coalesce(sum(case when part_bytes is null then received else bytes end), 0)
    from uploads where ${which} and not released)`;
}

/** Seconds that workers have spent on renders of an organisation in the current month (UTC). */
export async function readMonthOfRenders(db: DataReader, organizationId: OrganizationId): Promise<number> {
  const { rows } = await sql<{ seconds: number | null }>`
    select sum(render_seconds) as seconds from usage_days
    where organization_id = ${organizationId} and day >= date_trunc('month', now() at time zone 'utc')`.execute(db);
  return rows[0]?.seconds ?? 0;
}

/**
 * Notes what a lease took, in the transaction that ends it.
 *
 * @param ended whether the job has ended with it
 */
export async function meterLease(
  trx: DataTrx,
  job: { organizationId: OrganizationId; kind: JobKind; leasedAt: Date | null },
  ended: boolean,
): Promise<void> {
  if (job.leasedAt === null) return;
  const seconds = Math.max(0, Date.now() - job.leasedAt.getTime()) / 1000;
  await sql`
    insert into usage_days as today (organization_id, day, render_seconds, work_seconds, jobs)
    values (${job.organizationId}, (now() at time zone 'utc')::date,
      ${job.kind.startsWith('render.') ? seconds : 0}::double precision, ${seconds}::double precision, ${ended ? 1 : 0})
    on conflict (organization_id, day) do update set
      render_seconds = today.render_seconds + excluded.render_seconds,
      work_seconds = today.work_seconds + excluded.work_seconds,
      jobs = today.jobs + excluded.jobs`.execute(trx);
}

/** What an organisation uses and may use, and what it used on the last days. */
export async function readUsage(
  db: DataReader,
  deps: QuotaDeps,
  organizationId: OrganizationId,
  days: number,
): Promise<Usage> {
  const quota = await quotaOf(db, deps, organizationId);
  const { rows: jobs } = await sql<{ state: string; count: number }>`
    select state, count(*)::int as count from jobs
    where organization_id = ${organizationId} and state in ('queued', 'running') and kind <> 'webhook.deliver'
      and not (state = 'running' and held) and (state = 'running' or parent_id is null)
    group by state`.execute(db);
  const count = (state: string) => jobs.find((row) => row.state === state)?.count ?? 0;
  return {
    storage: { used: await readStorage(db, organizationId), limit: quota.storage },
    renderSeconds: { used: await readMonthOfRenders(db, organizationId), limit: quota.renderSeconds },
    jobsQueued: { used: count('queued'), limit: quota.queued },
    jobsRunning: { used: count('running'), limit: quota.running },
    days: await listDays(db, organizationId, days),
  };
}

async function listDays(db: DataReader, organizationId: OrganizationId, days: number): Promise<UsageDay[]> {
  const { rows } = await sql<UsageDay>`
    select day::text as day, render_seconds as "renderSeconds", work_seconds as "workSeconds", jobs,
      uploaded_bytes::double precision as "uploadedBytes", storage_bytes::double precision as "storageBytes"
    from usage_days
    where organization_id = ${organizationId} and day > (now() at time zone 'utc')::date - ${days}::int
    order by day desc`.execute(db);
  return rows;
}
