import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { ok, test } from '../harness.ts';
import { root } from './project.ts';

const maxMs = 15;
const processes = 9;
const rounds = 5;

/** Milliseconds that a fresh process takes to import a module. */
function importMs(specifier: string): number {
  const script = `const start = performance.now(); await import(${JSON.stringify(specifier)}); process.stdout.write(String(performance.now() - start));`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

test(
  `the core is imported within ${maxMs} ms`,
  () => {
    const core = pathToFileURL(join(root, 'dist/node/index.js')).href;
    // What else the machine does can only add: the best of the rounds counts, and one good round is enough.
    const medians: number[] = [];
    while (medians.length < rounds && !medians.some((ms) => ms <= maxMs)) {
      medians.push(median(Array.from({ length: processes }, () => importMs(core) - importMs('data:text/javascript,'))));
    }
    const best = Math.min(...medians);
    console.log(`time - import of the core: ${best.toFixed(1)} of ${maxMs} ms`);
    ok(best > 0 && best <= maxMs, `at most ${maxMs} ms instead of ${medians.map((ms) => ms.toFixed(1)).join(', ')}`);
  },
  { timeoutMs: 120_000 },
);
