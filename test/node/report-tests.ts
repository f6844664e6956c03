/**
 * The end of a program that registers tests.
 *
 * @module
 */
import process from 'node:process';
import { runAll } from '../harness.ts';

/** Runs what was registered and ends the process: badly when something failed, or when there was nothing. */
export async function reportTests(): Promise<never> {
  (globalThis as { __ANYFILE_ENV__?: unknown }).__ANYFILE_ENV__ = JSON.parse(process.env['ANYFILE_TEST_ENV'] ?? '{}');
  const results = await runAll(({ name, state, error }) => {
    if (state !== 'pass') console.log(`not ok - ${name}: ${error?.message}\n${error?.stack}`);
  });
  const passed = results.filter(({ state }) => state === 'pass').length;
  console.log(`${passed} passed, ${results.length - passed} failed`);
  process.exit(passed && passed === results.length ? 0 : 1);
}
