import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/long-first.ts';

/** What holds for every file of tests. Two workers, because the machines that run the suite have two cores. */
const everywhere = {
  pool: 'forks' as const,
  maxWorkers: 2,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  exclude: ['node_modules/**', 'data/**'],
};

/** Files that look at their own process, or change it: its memory, its environment, what the system lets it do. */
const ALONE = ['test/**/*.test.ts', 'platform/sandbox/*.test.ts', 'services/rendering/memory.test.ts'];

/**
 * The whole suite; `npm test` runs it. Files of one layer follow each other in the same process, which halves their
 * time: modules are loaded and compiled once, and the functions that the tests share stay compiled.
 */
export default defineConfig({
  test: {
    globalSetup: ['./test/run-folder.ts'],
    sequence: { sequencer: LongFirst },
    reporters: ['default', './test/closing-line-reporter.ts'],
    projects: [
      { test: { ...everywhere, name: 'alone', include: ALONE } },
      {
        test: {
          ...everywhere,
          name: 'engine',
          include: ['engine/**/*.test.ts', 'contracts/**/*.test.ts'],
          isolate: false,
        },
      },
      {
        test: {
          ...everywhere,
          name: 'services',
          include: ['**/*.test.ts'],
          exclude: [...everywhere.exclude, ...ALONE, 'engine/**', 'contracts/**'],
          isolate: false,
          // A hundred databases begin and end in threads of one process, which now and then aborts V8 where it frees
          // compiled WebAssembly that threads share (https://github.com/nodejs/node/issues/64500): it is kept instead.
          execArgv: ['--no-wasm-code-gc'],
        },
      },
    ],
  },
});
