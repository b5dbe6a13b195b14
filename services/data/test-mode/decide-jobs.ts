import { testOutcomeOf } from '#contracts/access/test-mode.ts';
import { ERROR_ADVICE } from '#contracts/errors/advice.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import type { LeasedJob } from '#platform/bus/bus.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { settleJob } from '../settle/settle.ts';

/** How long a job that stays is under its lease: nobody else gets it. */
const STAY_MS = 24 * 3_600_000;

/**
 * Ends jobs of test mode the way the names of their assets ask for, in place of the workers: these get what remains, and
 * none of them is kept busy by a job that stays.
 */
export async function decideJobs(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  const remaining: LeasedJob[] = [];
  for (const job of jobs) {
    const outcome = (await deps.testOrganizations.has(job.organizationId)) ? await outcomeOf(deps, job) : undefined;
    if (outcome === undefined) remaining.push(job);
    else if (outcome.type === 'stays') await deps.bus.heartbeat(job.id, job.token, STAY_MS, 0, 'staying');
    else {
      const { code } = outcome;
      const message = `In test mode the name of the asset asks for ${code}.`;
      const error = new MaquetteError(code, message, { remedy: ERROR_ADVICE[code] }).toValue();
      await settleJob(deps, job.id, job.token, { type: 'failed', error, retryable: false });
    }
  }
  return remaining;
}

async function outcomeOf({ database }: OperationDeps, { id, kind }: LeasedJob) {
  const row = await database.kysely
    .selectFrom('jobs')
    .innerJoin('assets', 'assets.id', 'jobs.asset_id')
    // A preview is made as ever, so that the asset comes to be ready.
    .leftJoin('renders', (join) => join.onRef('renders.job_id', '=', 'jobs.id').on('renders.purpose', '=', 'preview'))
    .select(['assets.name', 'renders.id as preview'])
    .where('jobs.id', '=', id)
    .executeTakeFirst();
  return row === undefined || row.preview !== null ? undefined : testOutcomeOf(row.name, kind);
}
