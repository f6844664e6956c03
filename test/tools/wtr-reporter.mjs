// Closing lines for Web Test Runner: per launcher what failed, which files took long and why tests were skipped, at the end `N passed, N failed`.

const testsOf = (suite) => (suite ? [...suite.tests, ...suite.suites.flatMap(testsOf)] : []);

/** @returns a WTR reporter; `label(session.testFile)` shortens the file's path */
export function closingReporter(label) {
  return {
    onTestRunFinished({ sessions }) {
      const totals = { passed: 0, failed: 0, skipped: 0 };
      const reasons = new Map();
      const slowMs = 8000;
      for (const { browser, testFile, testResults, errors = [] } of sessions) {
        const where = `${browser.name}: ${label(testFile)}`;
        const tests = testsOf(testResults);
        const fail = (what, { message, stack }) => {
          totals.failed++;
          console.log(`not ok - ${where}${what}: ${message}\n${String(stack ?? '').replace(/^/gm, '    ')}`);
        };
        const ms = tests.reduce((sum, { duration = 0 }) => sum + duration, 0);
        if (ms > slowMs) console.log(`slow - ${where}: ${(ms / 1000).toFixed(1)} s`);
        for (const test of tests) {
          if (test.skipped) {
            totals.skipped++;
            const reason = `${browser.name}: ${test.error?.message}`;
            reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
          } else if (test.passed) totals.passed++;
          else fail(`: ${test.name}`, test.error ?? { message: 'unknown' });
        }
        for (const error of errors) fail('', error);
        if (!tests.length && !errors.length) fail('', { message: 'no tests reported' });
      }
      for (const [reason, times] of reasons) console.log(`skipped ${times}: ${reason}`);
      if (totals.skipped) console.log(`${totals.skipped} skipped`);
      console.log(`${totals.passed} passed, ${totals.failed} failed`);
    },
  };
}
