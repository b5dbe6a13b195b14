import { type Job, JobState } from '#contracts/rest/resources/job.ts';
import type { MaquetteClient } from '#sdk/client.ts';
import { type Command, type CommandCall, EXIT, UsageError } from '../../command.ts';
import { progressLine } from '../../progress-line.ts';
import { clientFrom, SERVER_OPTIONS } from '../../server/connection.ts';
import { idFrom } from '../../server/id-argument.ts';
import { limitFrom, take } from '../../server/limit-option.ts';

/** `maquette jobs [list|show|wait|cancel|retry]`: the long work of a server. */
export const jobs: Command = {
  name: 'jobs',
  summary:
    'Lists the jobs of a server, newest first; shows one, waits for it (and fails when it failed), cancels it, or has one that failed done again.',
  usage: '[list | show JOB | wait JOB | cancel JOB | retry JOB]',
  positionals: [0, 2],
  options: {
    state: { type: 'string', value: 'STATE', help: `of a list: ${JobState.options.join(', ')}` },
    asset: { type: 'string', value: 'ASSET', help: 'of a list: jobs of this asset' },
    limit: { type: 'string', value: 'N', help: 'of a list: most jobs (20 by default)' },
    ...SERVER_OPTIONS,
  },
  async run({ values, positionals: [action = 'list', id] }) {
    const client = await clientFrom(values);
    switch (action) {
      case 'list':
        return list(client, values);
      case 'show':
        return print(await client.jobs.get(idFrom('job', id)), values);
      case 'cancel':
        return print(await client.jobs.cancel(idFrom('job', id)), values);
      case 'retry':
        return print(await client.jobs.retry(idFrom('job', id)), values);
      case 'wait':
        return wait(client, id, values);
      default:
        throw new UsageError(`jobs ${action}: one of list, show, wait, cancel, retry`);
    }
  },
};

async function list(client: MaquetteClient, values: CommandCall['values']): Promise<void> {
  const state = values.state === undefined ? undefined : JobState.safeParse(values.state);
  if (state && !state.success) throw new UsageError(`--state: one of ${JobState.options.join(', ')}`);
  const filter = {
    ...(state && { state: state.data }),
    ...(typeof values.asset === 'string' && { assetId: idFrom('asset', values.asset) }),
  };
  const limit = limitFrom(values);
  const found = await take(client.jobs.list({ ...filter, pageSize: Math.min(limit, 200) }), limit);
  if (values.json) console.log(JSON.stringify({ jobs: found }));
  else for (const job of found) console.log(lineOf(job));
}

async function wait(client: MaquetteClient, id: string | undefined, values: CommandCall['values']): Promise<void> {
  const progress = progressLine(process.stderr);
  const job = await client.jobs
    .wait(idFrom('job', id), { onProgress: (now) => progress.show(now.progress) })
    .finally(() => progress.clear());
  print(job, values);
  if (job.state !== 'succeeded') process.exitCode = job.error?.fault === 'system' ? EXIT.system : EXIT.input;
}

function print(job: Job, { json }: CommandCall['values']): void {
  console.log(json ? JSON.stringify(job) : lineOf(job));
  if (json) return;
  if (job.error) console.error(`${job.error.code}: ${job.error.message}`);
  if (job.error?.remedy) console.error(`  ${job.error.remedy}`);
}

function lineOf({ id, kind, state, progress, createdAt }: Job): string {
  const share = state === 'running' ? ` ${Math.floor(progress * 100)} %` : '';
  return `${id}  ${kind.padEnd(18)}${`${state}${share}`.padEnd(15)}${createdAt}`;
}
