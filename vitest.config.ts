import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/long-first.ts';

/** The whole suite; `npm test` runs it. Two workers, because the machines that run it have two cores. */
export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['node_modules/**', 'data/**'],
    globalSetup: ['./test/run-folder.ts'],
    pool: 'forks',
    sequence: { sequencer: LongFirst },
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/closing-line-reporter.ts'],
  },
});
