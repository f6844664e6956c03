/**
 * The program `anyfile`. This file is run, not imported; `run.ts` is what it runs.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { run } from './run.ts';
import { compileLater } from './tier-up.ts';

compileLater();

const stop = new AbortController();
let ended = 0;
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    // asked twice, nothing is waited for
    if (ended) process.exit(status);
    ended = status;
    stop.abort(new Error(signal));
  });
}

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const version = (): string => (JSON.parse(read('package.json')) as { version: string }).version;

const { stdout, stderr, env } = process;
let input: typeof process.stdin | undefined;
const status = await run(process.argv.slice(2), {
  stdout,
  stderr,
  get stdin() {
    return (input ??= process.stdin);
  },
  env,
  isTTY: stderr.isTTY,
  signal: stop.signal,
  version,
  license: () => read('LICENSE'),
});
// names that are still awaited would keep the process
input?.destroy();
process.exitCode = ended || status;
