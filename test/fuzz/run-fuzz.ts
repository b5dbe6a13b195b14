import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopSignal } from '#app/stop-signal.ts';
import { ModelLimits } from '#contracts/model/model-limits.ts';
import { processModel } from '#engine/process/process-model.ts';
import { listCases, makeCase, readCaseId } from './cases.ts';
import { fuzzPage } from './fuzz-report.ts';
import { runFuzz } from './fuzz-run.ts';
import { describeOutcome } from './judge.ts';

// npm run fuzz -- --seed 1 --count 20000 --only gltf,stl-text
// npm run fuzz -- --seed 1 --from 12000               goes on with the last 8,000 of the 20,000
// npm run fuzz -- --seed 1 --case gltf:17             one case in the sandbox
// npm run fuzz -- --seed 1 --case gltf:17 --inline    in this process, with the stack of what is thrown
// npm run fuzz -- --seed 1 --case gltf:17 --write out its files
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '20000' },
    from: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    parallel: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '10' },
    case: { type: 'string', multiple: true },
    inline: { type: 'boolean', default: false },
    write: { type: 'string' },
    results: { type: 'string' },
  },
});
const seed = Number(values.seed);
const only = values.only.split(',').filter((name) => name !== '');
const cases = values.case?.map(readCaseId) ?? listCases(Number(values.count), only).slice(Number(values.from));

if (values.write !== undefined) await writeCases(values.write);
else if (values.inline) await runInline();
else await runAll();

async function writeCases(folder: string): Promise<void> {
  for (const id of cases) {
    const into = join(folder, `${id.format}-${id.number}`);
    await mkdir(into, { recursive: true });
    for (const { name, bytes } of (await makeCase(seed, id))?.files ?? []) {
      await writeFile(join(into, basename(name)), bytes);
    }
  }
}

async function runInline(): Promise<void> {
  for (const id of cases) {
    const made = await makeCase(seed, id);
    if (!made) continue;
    console.log(made.source, made.files.map(({ name, bytes }) => `${name} (${bytes.length})`).join(', '));
    const { report } = await processModel(made.files, ModelLimits.parse({}));
    console.log(JSON.stringify({ ...report, validation: report.validation.errors }, null, 2));
  }
}

async function runAll(): Promise<void> {
  // The validator may throw outside of what can be awaited: a finding as any other, and no reason to stop.
  let escaped = 0;
  process.on('uncaughtException', (error) => {
    escaped++;
    console.error('thrown outside of any case:', error);
  });
  // Stopped by hand, a run reports what it has done.
  const stop = new AbortController();
  void stopSignal().then(() => stop.abort());
  const report = await runFuzz({
    seed,
    cases,
    parallel: Number(values.parallel),
    seconds: Number(values.seconds),
    signal: stop.signal,
    onOutcome(outcome, done) {
      if (outcome.verdict !== null || values.case) console.log(describeOutcome(outcome));
      if (done % 500 === 0) console.log(`${done} of ${cases.length}`);
    },
  });
  const page = fuzzPage(report, commandOf(report.cases));
  if (values.results !== undefined) {
    await mkdir(values.results, { recursive: true });
    const stem = join(values.results, `seed-${seed}`);
    await writeFile(`${stem}.json`, `${JSON.stringify(report, null, 2)}\n`);
    await writeFile(`${stem}.md`, page);
  }
  console.log(page);
  if (escaped > 0 || Object.values(report.formats).some(({ failures }) => failures > 0)) {
    process.exitCode = 1;
  }
}

/** The call that runs the same cases; one that was stopped would have gone on. */
function commandOf(done: number): string {
  const parts = ['--seed', seed, ...(values.case ?? []).flatMap((id) => ['--case', id])];
  if (values.case === undefined) parts.push('--count', values.count);
  if (values.from !== '0') parts.push('--from', values.from);
  if (values.only !== '') parts.push('--only', values.only);
  const stopped = done < cases.length ? ` (stopped after ${done})` : '';
  return `npm run fuzz -- ${parts.join(' ')}${stopped}`;
}
