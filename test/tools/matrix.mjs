// One suite, every engine, one closing line: node test/tools/matrix.mjs [engine …]
// An engine that is absent, or that ends without its own closing line, has failed; ANYFILE_SKIP=name,… names those that may be absent.
import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServers } from '../servers/start.mjs';
import { browsers } from './browsers.mjs';
import { bundleTests, nodeEntries, root, testFiles } from './bundle.mjs';
import { cacheDir, skippable } from './cache.mjs';
import { closingLine, run } from './run.mjs';
import { runtimeNames, runtimeProgram } from './runtimes.mjs';

const engineMs = 45 * 60_000;
/** Browsers keep the processors busy, the others mostly wait for servers: two of each at a time. */
const lanes = [
  [/^(webkit|firefox|chromium)$/, 2],
  [/./, 2],
];
/** The oldest Node and the newest one run everything. */
const betweenVersions = new Set(['node22', 'node24']);
const tool = (name) => fileURLToPath(new URL(name, import.meta.url));
const wtr = join(root, 'node_modules/@web/test-runner/dist/bin.js');

const others = runtimeNames.filter((name) => name !== 'workerd').reverse();
/** Every engine, the longest run first. */
export const engineNames = [
  ...Object.keys(browsers).reverse(),
  ...others.filter((name) => !betweenVersions.has(name)),
  'node',
  ...betweenVersions,
  'workerd',
];

/** How to start an engine: program, arguments, environment; undefined when it is not installed. */
function commandOf(name, dir) {
  const main = join(dir, 'node', 'main.js');
  if (name in browsers) {
    const env = { ANYFILE_BROWSER: name, ANYFILE_TEST_DIR: relative(root, join(dir, 'browser')) };
    return browsers[name].program() && [process.execPath, [wtr, '--static-logging'], env];
  }
  if (name === 'node') return [process.execPath, ['--enable-source-maps', main]];
  const program = runtimeProgram(name);
  if (!program) return undefined;
  if (name === 'workerd') return [process.execPath, [tool('workerd.mjs'), program, join(dir, 'workerd')]];
  if (name === 'bun') return [program, ['--no-install', main]];
  if (name === 'deno') {
    const args = ['run', '--quiet', '--allow-all', '--no-check', '--no-lock', '--node-modules-dir=manual', main];
    return [program, args, { DENO_DIR: join(cacheDir(), 'deno'), DENO_NO_UPDATE_CHECK: '1' }];
  }
  return [program, ['--enable-source-maps', main], betweenVersions.has(name) ? { ANYFILE_TEST_LIST: 'files-of-each-version.json' } : {}];
}

/**
 * Runs the suite in the named engines, some at a time.
 *
 * @param options.servers running servers as startServers() gives them
 * @returns what passed, failed and was skipped
 */
export async function runMatrix({ names = engineNames, servers, log = console.log }) {
  const dir = join(root, 'build', 'test', `matrix-${process.pid}`);
  const total = { passed: 0, failed: 0, skipped: 0 };
  const maySkip = skippable();
  try {
    for (const [platform, entries] of [
      ['node', nodeEntries],
      ['browser', ['wtr.ts', 'worker-entry.ts']],
    ]) {
      const outdir = join(dir, platform);
      mkdirSync(outdir, { recursive: true });
      const { broken } = await bundleTests({ files: testFiles(platform), entries, outdir, platform });
      for (const { file, reason } of broken) log(`not ok - ${file} does not build for ${platform}: ${reason}`);
      total.failed += broken.length;
    }
    log(`seed ${servers.env.seed}`);
    for (const [name, reason] of Object.entries(servers.env.absent)) {
      if (!maySkip.has(name)) total.failed++;
      log(`${maySkip.has(name) ? 'skipped' : 'not ok'} - server ${name}: ${reason}`);
    }
    const waiting = new Set(engineNames.filter((name) => names.includes(name)));
    const next = async (queue) => {
      for (let name = queue.shift(); name; name = queue.shift()) {
        const command = commandOf(name, dir);
        if (!command) {
          if (!maySkip.has(name)) total.failed++;
          log(`${maySkip.has(name) ? 'skipped' : 'not ok'} - ${name} is not installed`);
          continue;
        }
        const result = await runEngine(name, command, servers.env, log);
        for (const key of Object.keys(total)) total[key] += result[key];
      }
    };
    const running = lanes.flatMap(([pattern, width]) => {
      const queue = [...waiting].filter((name) => pattern.test(name));
      for (const name of queue) waiting.delete(name);
      return Array.from({ length: width }, () => next(queue));
    });
    await Promise.all(running);
  } finally {
    if (!process.env.ANYFILE_KEEP_BUILD) rmSync(dir, { recursive: true, force: true });
  }
  return total;
}

async function runEngine(name, [program, args, env = {}], testEnv, log) {
  const start = Date.now();
  const { code, output } = await run(program, args, {
    cwd: root,
    timeoutMs: engineMs,
    env: { ...process.env, NO_COLOR: '1', NODE_NO_WARNINGS: '1', ...env, ANYFILE_TEST_ENV: JSON.stringify({ ...testEnv, engine: name }) },
  });
  const result = closingLine({ code, output });
  const notes = output.split('\n').filter((line) => /^(skipped \d+: |slow - )/.test(line));
  if (result.failed) log(`---- ${name}, exit ${code}\n${output.trim()}\n----`);
  else for (const note of notes) log(`    ${name}: ${note}`);
  if (!result.reported) log(`not ok - ${name} ended without a closing line`);
  const { passed, failed, skipped } = result;
  log(
    `${name.padEnd(9)} ${String(passed).padStart(5)} passed, ${failed} failed, ${skipped} skipped   ${((Date.now() - start) / 1000).toFixed(1)} s`,
  );
  return result;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !engineNames.includes(name));
  if (unknown.length) throw new Error(`no such engine: ${unknown.join(', ')}; there are ${engineNames.join(', ')}`);
  const servers = await startServers();
  try {
    const { passed, failed, skipped } = await runMatrix({ servers, ...(names.length && { names }) });
    if (skipped) console.log(`${skipped} skipped`);
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed || !passed ? 1 : 0;
  } finally {
    await servers.stop();
  }
}
