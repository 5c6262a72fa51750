import type { Reporter, TestModule } from 'vitest/node';
import { chromiumPath, chromiumTests } from './chromium.ts';

/**
 * Ends the output with one line that a machine can read: `N passed, N failed`. Before it stand the
 * tests that passed only when they were tried again, and those that this machine cannot run.
 */
export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const counts = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    const again: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        counts[test.result().state]++;
        if (test.diagnostic()?.flaky) again.push(`${module.relativeModuleId}: ${test.fullName}`);
      }
      if (module.errors().length > 0) counts.failed++;
    }
    const skipped = counts.skipped + counts.pending;
    // The default reporter prints its summary in the same hook: come after it.
    process.once('exit', () => {
      if (chromiumPath === undefined)
        console.log(`Not run, for want of Chromium: ${chromiumTests}`);
      for (const name of again) console.log(`Passed at the second try: ${name}`);
      console.log(
        `${counts.passed} passed, ${counts.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
      );
    });
  }
}
