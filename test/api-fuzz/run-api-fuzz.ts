import { parseArgs } from 'node:util';
import { KEY, startWhole } from '../end-to-end/server.ts';
import { fuzzApi } from './api-fuzz.ts';
import { FUZZ_SETTINGS } from './fuzz-settings.ts';

// npm run fuzz:api -- --cases 200 --seed 1
// npm run fuzz:api -- --cases 50 --seed 1 --only createRender,runRecipe
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    cases: { type: 'string', default: '100' },
    only: { type: 'string' },
  },
});
const server = await startWhole({ environment: FUZZ_SETTINGS });
try {
  const report = await fuzzApi({
    url: server.url,
    key: KEY,
    seed: Number(values.seed),
    cases: Number(values.cases),
    ...(values.only !== undefined && { only: values.only.split(',') }),
  });
  console.table(report.statuses);
  for (const fault of report.faults) console.log(fault);
  console.log(`${report.requests} requests with seed ${values.seed}: ${report.faults.length} faults`);
  process.exitCode = report.faults.length > 0 ? 1 : 0;
} finally {
  await server.stop();
  await server.remove();
}
