import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import type { LeasedJob } from '#platform/bus/bus.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { listForLease } from '../store/webhook-deliveries.ts';

/**
 * Tells the workers what to send where. It is added when a job is leased, so that an attempt goes to the URL and has the
 * secrets of that moment, and so that no secret lies in the queue.
 */
export async function withMessages(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  const { database, sealer } = deps;
  const deliveries = jobs.filter(({ kind }) => kind === 'webhook.deliver').map(({ id }) => id);
  const rows = await listForLease(database.kysely, deliveries);
  const messages = new Map(
    rows.map((row) => {
      const overlap = row.previous_secret_until !== null && row.previous_secret_until.getTime() > Date.now();
      const sealed = [row.secret, ...(overlap && row.previous_secret !== null ? [row.previous_secret] : [])];
      const secrets = sealed.map((secret) => sealer.open(secret, row.webhook_id));
      return [row.job_id, { url: row.url, id: row.message_id, body: row.body, secrets }];
    }),
  );
  return jobs.map((job) => {
    const message = messages.get(job.id);
    if (message === undefined) return job;
    return { ...job, payload: { ...JOB_KINDS['webhook.deliver'].payload.parse(job.payload), message } };
  });
}
