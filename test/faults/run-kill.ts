import { parseArgs } from 'node:util';
import { killRounds } from './kill-rounds.ts';

// npm run faults -- --rounds 20 --uploads 30 --seed 1
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    uploads: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
});
const report = await killRounds({
  rounds: Number(values.rounds),
  uploads: Number(values.uploads),
  seed: Number(values.seed),
});
console.log(JSON.stringify(report, null, 2));
if (report.violations.length > 0) process.exitCode = 1;
