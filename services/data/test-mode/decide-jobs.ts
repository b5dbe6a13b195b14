import { testOutcomeOf } from '#contracts/access/test-mode.ts';
import { ERROR_ADVICE } from '#contracts/errors/advice.ts';
import type { ErrorCode } from '#contracts/errors/codes.ts';
import { MaquetteError } from '#contracts/errors/maquette-error.ts';
import { JOB_KINDS } from '#contracts/jobs/job-kinds.ts';
import type { LeasedJob } from '#platform/bus/bus.ts';
import type { OperationDeps } from '../operations/operation.ts';
import { settleJob } from '../settle/settle.ts';
import { storeCube } from './cube.ts';

/** The payload whose files are exchanged. */
const Processed = JOB_KINDS['geometry.process'].payload;
/** How long a job that stays is under its lease: nobody else gets it. */
const STAY_MS = 24 * 3_600_000;

/**
 * Ends jobs of test mode the way the names of their assets ask for, in place of the workers: these get what remains, and
 * none of them is kept busy by a job that stays. A model that shall succeed is a cube to them, whatever was uploaded.
 */
export async function decideJobs(deps: OperationDeps, jobs: LeasedJob[]): Promise<LeasedJob[]> {
  const remaining: LeasedJob[] = [];
  for (const job of jobs) {
    const outcome = (await deps.testOrganizations.has(job.organizationId)) ? await outcomeOf(deps, job) : undefined;
    switch (outcome?.type) {
      case undefined:
        remaining.push(job);
        break;
      case 'succeeds':
        remaining.push({
          ...job,
          payload: { ...Processed.parse(job.payload), files: [await storeCube(deps.objects)] },
        });
        break;
      case 'stays':
        await deps.bus.heartbeat(job.id, job.token, STAY_MS, 0, 'staying');
        break;
      case 'fails':
        await fail(deps, job, outcome.code);
    }
  }
  return remaining;
}

async function fail(deps: OperationDeps, { id, token }: LeasedJob, code: ErrorCode): Promise<void> {
  const message = `In test mode the name of the asset asks for ${code}.`;
  const error = new MaquetteError(code, message, { remedy: ERROR_ADVICE[code] }).toValue();
  await settleJob(deps, id, token, { type: 'failed', error, retryable: false });
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
