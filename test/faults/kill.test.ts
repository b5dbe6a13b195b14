import { expect, it } from 'vitest';
import { killRounds } from './kill-rounds.ts';

/** Two rounds for every run of the suite; `npm run faults` does twenty. */
it('loses and doubles nothing when the server is killed during uploads', { timeout: 240_000 }, async () => {
  const report = await killRounds({ rounds: 2, uploads: 10, seed: 20261121 });
  expect(report.violations).toEqual([]);
  expect(report.ready + report.failed).toBe(report.acknowledged);
});
