/**
 * The entry in pages: runs one test file under Web Test Runner, in the page itself or, with `&worker`, in a web worker.
 *
 * @module
 */
import { getConfig, sessionFailed, sessionFinished, sessionStarted } from '@web/test-runner-core/browser/session.js';
import { describe, type TestResult } from './harness.ts';
import { runFile, type WorkerReply } from './worker-entry.ts';

await sessionStarted();
Object.assign(globalThis, { testsStarted: true });
try {
  const { testFile } = await getConfig();
  const file = new URL(testFile, location.origin).href;
  const worker = new URLSearchParams(location.search).has('worker');
  const response = await fetch('/__env.json');
  const env = { ...((await response.json()) as object), worker };
  const results = await (worker ? inWorker(file, env) : runFile(file, env));
  if (!results.length) throw new Error('the file registers no test');
  await sessionFinished({
    errors: [],
    passed: results.every(({ state }) => state !== 'fail'),
    testResults: {
      name: '',
      suites: [],
      tests: results.map(({ name, state, ms, error, reason }) => ({
        name,
        passed: state === 'pass',
        skipped: state === 'skip',
        duration: ms,
        // WTR has no field for the reason of a skip.
        ...((error ?? reason) && { error: error ?? { message: reason ?? '' } }),
      })),
    },
  });
} catch (error) {
  await sessionFailed(describe(error));
}

function inWorker(file: string, env: object): Promise<TestResult[]> {
  const worker = new Worker(new URL('./worker-entry.js', import.meta.url), { type: 'module' });
  return new Promise<TestResult[]>((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<WorkerReply>) => {
      if (data.results) resolve(data.results);
      else reject(Object.assign(new Error(data.error?.message), { stack: data.error?.stack }));
    };
    worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
    worker.postMessage({ file, env });
  }).finally(() => worker.terminate());
}
