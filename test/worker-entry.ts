/**
 * The entry in web workers: runs the test file that the page names and posts the results back.
 *
 * @module
 */
import { describe, runAll, type TestResult } from './harness.ts';

/** What the worker posts when it is done. */
export interface WorkerReply {
  results?: TestResult[];
  error?: { message: string; stack: string };
}

/** Runs one built test file in this realm. */
export async function runFile(file: string, env: object): Promise<TestResult[]> {
  (globalThis as { __ANYFILE_ENV__?: unknown }).__ANYFILE_ENV__ = env;
  await import(file);
  return await runAll();
}

// A page imports this module too, for runFile.
if (typeof document === 'undefined') {
  globalThis.onmessage = async ({ data }: MessageEvent<{ file: string; env: object }>) => {
    let reply: WorkerReply;
    try {
      reply = { results: await runFile(data.file, data.env) };
    } catch (error) {
      reply = { error: describe(error) };
    }
    globalThis.postMessage(reply);
  };
}
