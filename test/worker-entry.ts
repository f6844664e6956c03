/**
 * The entry in web workers: runs the test files that the page names, one after the other, and posts the results of each back.
 *
 * @module
 */
import { describe, forgetAll, runAll, type TestResult } from './harness.ts';

/** What there is when a file is done. */
export interface FileReply {
  results?: TestResult[];
  error?: { message: string; stack: string };
}

/** Runs one built test file in this realm. */
export async function runFile(file: string, env: object): Promise<FileReply> {
  (globalThis as { __ANYFILE_ENV__?: unknown }).__ANYFILE_ENV__ = env;
  try {
    await import(file);
    const results = await runAll();
    return results.length ? { results } : { error: { message: 'the file registers no test', stack: '' } };
  } catch (error) {
    forgetAll();
    return { error: describe(error) };
  }
}

// A page imports this module too, for runFile.
if (typeof document === 'undefined') {
  globalThis.onmessage = async ({ data }: MessageEvent<{ file: string; env: object }>) => {
    globalThis.postMessage(await runFile(data.file, data.env));
  };
}
