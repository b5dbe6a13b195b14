import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { KEY, startApart, startWhole } from '../end-to-end/server.ts';
import { createTestDatabase } from '../postgresql.ts';
import { type ApiFuzzReport, fuzzApi } from './api-fuzz.ts';
import { FUZZ_SETTINGS } from './fuzz-settings.ts';

// npm run fuzz:api -- --cases 200 --seed 1
// npm run fuzz:api -- --cases 50 --seed 1 --only createRender,runRecipe
// npm run fuzz:api -- --postgresql        one process on PostgreSQL
// npm run fuzz:api -- --apart             each role in a process of its own, on PostgreSQL
// npm run fuzz:api -- --problems FILE     keeps what refused requests were told
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: '100' },
    only: { type: 'string' },
    postgresql: { type: 'boolean', default: false },
    apart: { type: 'boolean', default: false },
    problems: { type: 'string' },
  },
});
/** So many of the slowest operations are shown. */
const SLOWEST = 15;

const database = values.postgresql || values.apart ? await createTestDatabase() : undefined;
const server =
  values.apart && database
    ? await startApart(database.url, { environment: FUZZ_SETTINGS })
    : await startWhole({
        environment: { ...FUZZ_SETTINGS, ...(database && { MAQUETTE_DATABASE_URL: database.url }) },
      });
try {
  const report = await fuzzApi({
    url: server.url,
    key: KEY,
    seed: Number(values.seed),
    cases: Number(values.cases),
    ...(values.only !== undefined && { only: values.only.split(',') }),
  });
  console.table(report.statuses);
  console.table(slowest(report));
  const log = server.log().split('\n');
  for (const fault of report.faults) {
    console.log(fault);
    const [, requestId] = /"requestId":"([^"]+)"/.exec(fault) ?? [];
    if (requestId) for (const line of log) if (line.includes(requestId)) console.log(`  ${line.slice(0, 1500)}`);
  }
  if (values.problems !== undefined) await writeFile(values.problems, JSON.stringify(report.problems, null, 2));
  const unanswered = Object.values(report.statuses).reduce((sum, counts) => sum + (counts[0] ?? 0), 0);
  const tally = `${report.faults.length} faults, ${unanswered} answers not waited for`;
  console.log(`${report.requests} requests with seed ${values.seed}: ${tally}`);
  process.exitCode = report.faults.length > 0 ? 1 : 0;
} finally {
  await server.stop();
  await server.remove();
  await database?.drop();
}

/** Milliseconds of the operations that take longest, by their 95th percentile. */
function slowest({ times }: ApiFuzzReport) {
  const rows = Object.entries(times).map(([operation, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
    return { operation, answers: sorted.length, median: at(0.5), p95: at(0.95), most: at(1) };
  });
  return rows.toSorted((a, b) => b.p95 - a.p95).slice(0, SLOWEST);
}
