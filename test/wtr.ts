/**
 * The entry in pages: runs the test files of a group under Web Test Runner, in the page itself or, with `&worker`, in a web worker.
 *
 * @module
 */
import { getConfig, sessionFailed, sessionFinished, sessionStarted } from '@web/test-runner-core/browser/session.js';
import type { TestSuiteResult } from '@web/test-runner-core';
import { describe, type TestResult } from './harness.ts';
import { runFile, type FileReply } from './worker-entry.ts';

/** What the page around this one looks at when it closes it: the file that runs, and the end. */
const progress = globalThis as { testsAt?: string };

const suiteOf = (name: string, { results = [], error }: FileReply): TestSuiteResult => {
  const all: TestResult[] = [...results];
  if (error) all.push({ name: 'the file', state: 'fail', ms: 0, error });
  return {
    name,
    suites: [],
    tests: all.map((one) => ({
      name: one.name,
      passed: one.state === 'pass',
      skipped: one.state === 'skip',
      duration: one.ms,
      // WTR has no field for the reason of a skip.
      ...((one.error ?? one.reason) && { error: one.error ?? { message: one.reason ?? '' } }),
    })),
  };
};

await sessionStarted();
progress.testsAt = 'the beginning';
try {
  const { testFile } = await getConfig();
  const group = new URL(testFile, location.origin);
  const { files } = (await import(group.href)) as { files: readonly string[] };
  const worker = new URLSearchParams(location.search).has('worker');
  const response = await fetch('/__env.json');
  const env = { ...((await response.json()) as object), worker };
  const { run, end } = worker ? startWorker() : { run: runFile, end: () => {} };
  const replies: [name: string, reply: FileReply][] = [];
  try {
    for (const file of files) {
      progress.testsAt = file;
      replies.push([file, await run(new URL(file, group).href, env)]);
    }
  } finally {
    end();
  }
  progress.testsAt = 'the end';
  await sessionFinished({
    errors: [],
    passed: replies.every(([, { results, error }]) => !error && results?.every(({ state }) => state !== 'fail')),
    testResults: { name: '', suites: replies.map(([name, reply]) => suiteOf(name, reply)), tests: [] },
  });
} catch (error) {
  await sessionFailed(describe(error));
}

/** A worker that runs one file after the other. */
function startWorker(): { run: typeof runFile; end: () => void } {
  const worker = new Worker(new URL('./worker-entry.js', import.meta.url), { type: 'module' });
  return {
    run: (file, env) =>
      new Promise<FileReply>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<FileReply>) => resolve(data);
        worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
        worker.postMessage({ file, env });
      }),
    end: () => worker.terminate(),
  };
}
