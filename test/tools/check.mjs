// Every gate that needs no engine and no server: node test/tools/check.mjs [piece of a gate's name …]; ends with `N passed, N failed`.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './bundle.mjs';
import { closingLine, run } from './run.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const programs = { npm: 'npm', node: process.execPath };
const gateMs = 300_000;
const kernelsMs = 1_800_000;

/** The tarball is packed once, without building again. */
const packDir = join(root, 'build', 'pack');
const tarball = () => join(packDir, readdirSync(packDir)[0] ?? 'missing.tgz');

/** Gates in order; those of one row run at the same time, and a row waits for the one before it. */
const gates = [
  [
    ['lint', () => ['oxlint', ['--type-aware', '--deny-warnings']]],
    ['format', () => ['oxfmt', ['--check']]],
    ['types of the core', () => ['tsc', ['-p', 'tsconfig.json']]],
    ['types of platform/node', () => ['tsc', ['-p', 'src/platform/node']]],
    ['types of the command', () => ['tsc', ['-p', 'src/cli']]],
    ['types of the tests', () => ['tsc', ['-p', 'test']]],
    ['layers', () => ['depcruise', ['src', '--config', '.dependency-cruiser.cjs']]],
    ['unused code', () => ['knip', []]],
    // What is built already is taken from the cache: seconds, and minutes on a new machine.
    ['kernels', () => ['node', ['wasm/build.mjs', '--check']]],
    // Links that lead nowhere, and comments that TypeDoc cannot read. Its tools come from the cache.
    ['site of the docs', () => ['node', ['test/tools/docs.mjs']]],
  ],
  [
    ['build', () => ['rollup', ['-c', '--silent']]],
    ['build of the declarations', () => ['tsc', ['-p', 'tsconfig.types.json']]],
  ],
  [['pack', () => ['npm', ['pack', '--ignore-scripts', '--pack-destination', packDir]]]],
  [
    ['publint', () => ['publint', ['--strict', tarball()]]],
    ['attw', () => ['attw', [tarball(), '--profile', 'esm-only', '--format', 'ascii', '--no-emoji']]],
  ],
];

/**
 * Runs the gates and then the tests of test/meta.
 *
 * @returns what passed and failed, each gate counting as one
 */
export async function runCheck({ wanted = () => true, log = console.log } = {}) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  rmSync(packDir, { recursive: true, force: true });
  mkdirSync(packDir, { recursive: true });
  for (const row of gates) {
    const queue = row.filter(([name]) => wanted(name));
    const next = async () => {
      for (let gate = queue.shift(); gate; gate = queue.shift()) {
        const [name, command] = gate;
        const start = Date.now();
        const [program, args] = command();
        const { code, output } = await run(programs[program] ?? bin(program), args, {
          cwd: root,
          timeoutMs: name === 'kernels' ? kernelsMs : gateMs,
          env: { ...process.env, NO_COLOR: '1' },
        });
        total[code === 0 ? 'passed' : 'failed']++;
        if (code !== 0) log(output.trim());
        log(`${code === 0 ? 'ok' : 'not ok'} - ${name}   ${((Date.now() - start) / 1000).toFixed(1)} s`);
      }
    };
    await Promise.all([next(), next()]);
  }
  if (!wanted('meta')) return total;
  const quick = fileURLToPath(new URL('quick.mjs', import.meta.url));
  const result = await run(process.execPath, [quick, '--kind', 'meta', '--no-servers'], { cwd: root });
  log(result.output.replace(/^\d+ (passed, \d+ failed|skipped)\n/gm, '').trim());
  const meta = closingLine(result);
  log(`meta tests: ${meta.passed} passed, ${meta.failed} failed, ${meta.skipped} skipped`);
  for (const key of Object.keys(total)) total[key] += meta[key];
  return total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const pieces = process.argv.slice(2);
  const { passed, failed } = await runCheck(pieces.length ? { wanted: (name) => pieces.some((piece) => name.includes(piece)) } : {});
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed || !passed ? 1 : 0;
}
