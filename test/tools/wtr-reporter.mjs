// Closing lines for Web Test Runner: per launcher what failed, which files took long and why tests were skipped, at the end `N passed, N failed`.

/** @returns a WTR reporter; of each session the suites are files; `label(session.testFile)` is for what belongs to none of them */
export function closingReporter(label) {
  return {
    onTestRunFinished({ sessions }) {
      const totals = { passed: 0, failed: 0, skipped: 0 };
      const reasons = new Map();
      const slowMs = 8000;
      for (const { browser, testFile, testResults, errors = [] } of sessions) {
        const fail = (what, { message, stack }) => {
          totals.failed++;
          console.log(`not ok - ${browser.name}: ${what}: ${message}\n${String(stack ?? '').replace(/^/gm, '    ')}`);
        };
        const suites = testResults?.suites ?? [];
        for (const { name: file, tests } of suites) {
          const ms = tests.reduce((sum, { duration = 0 }) => sum + duration, 0);
          if (ms > slowMs) console.log(`slow - ${browser.name}: ${file}: ${(ms / 1000).toFixed(1)} s`);
          for (const test of tests) {
            if (test.skipped) {
              totals.skipped++;
              const reason = `${browser.name}: ${test.error?.message}`;
              reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
            } else if (test.passed) totals.passed++;
            else fail(`${file}: ${test.name}`, test.error ?? { message: 'unknown' });
          }
        }
        for (const error of errors) fail(label(testFile), error);
        if (!suites.length && !errors.length) fail(label(testFile), { message: 'no tests reported' });
      }
      for (const [reason, times] of reasons) console.log(`skipped ${times}: ${reason}`);
      if (totals.skipped) console.log(`${totals.skipped} skipped`);
      console.log(`${totals.passed} passed, ${totals.failed} failed`);
    },
  };
}
