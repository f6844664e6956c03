/**
 * The entry for Node, Bun and Deno: runs the files named in `files.json` beside it, or in ANYFILE_TEST_LIST, and ends with `N passed, N failed`.
 * ANYFILE_TEST_ENV holds the environment as JSON, ANYFILE_TEST_NAME a piece of the names to run, ANYFILE_TEST_CLAIMS an empty folder in
 * which several such processes claim their files, so that each file runs in one of them.
 *
 * @module
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { describe, forgetAll, runAll } from './harness.ts';

(globalThis as { __ANYFILE_ENV__?: unknown }).__ANYFILE_ENV__ = JSON.parse(process.env['ANYFILE_TEST_ENV'] ?? '{}');
const list = process.env['ANYFILE_TEST_LIST'] ?? 'files.json';
const files = JSON.parse(readFileSync(new URL(list, import.meta.url), 'utf8')) as string[];
const claims = process.env['ANYFILE_TEST_CLAIMS'];
const wanted = process.env['ANYFILE_TEST_NAME'] ?? '';
const slowMs = 2000;

let passed = 0;
let failed = 0;
let skipped = 0;
const reasons = new Map<string, number>();

function fail(what: string, { message, stack }: { message: string; stack: string }): void {
  failed++;
  console.log(`not ok - ${what}: ${message}\n${stack.replace(/^/gm, '    ')}`);
}

/** Whether this process is the one to run the file. */
function claim(index: number): boolean {
  if (!claims) return true;
  try {
    closeSync(openSync(`${claims}/${index}`, 'wx'));
    return true;
  } catch {
    return false;
  }
}

for (const [index, file] of files.entries()) {
  if (!claim(index)) continue;
  try {
    await import(new URL(file, import.meta.url).href);
  } catch (error) {
    forgetAll();
    fail(file, describe(error));
    continue;
  }
  const results = await runAll(
    ({ name, state, ms, error, reason = '' }) => {
      if (state === 'pass') passed++;
      if (state === 'fail') fail(`${file}: ${name}`, error ?? { message: 'unknown', stack: '' });
      if (state === 'skip') {
        skipped++;
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      }
      if (ms > slowMs) console.log(`slow - ${file}: ${name}: ${(ms / 1000).toFixed(1)} s`);
    },
    (name) => name.includes(wanted),
  );
  if (!results.length && !wanted) fail(file, { message: 'the file registers no test', stack: '' });
}

for (const [reason, times] of reasons) console.log(`skipped ${times}: ${reason}`);
if (skipped) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
// Some engines keep sockets of a failed test open: the closing line is written, so the process may end.
process.exit(failed || !(passed + skipped) ? 1 : 0);
