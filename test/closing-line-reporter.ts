import type { Reporter, TestModule } from 'vitest/node';

/** Ends the run's output with one line that people and scripts can count tests from: `N passed, N failed, N skipped`. */
export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      const failedBefore = count.failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') count[state]++;
      }
      // A module that could not be loaded, or whose hooks failed, failed all the same.
      if (module.state() === 'failed' && count.failed === failedBefore) count.failed++;
    }
    console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  }
}
