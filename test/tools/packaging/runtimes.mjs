// The tarball in Node, Deno, Bun and workerd: each prints what it read.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startProcess } from '../../servers/process.mjs';
import { cacheDir } from '../cache.mjs';
import { run } from '../run.mjs';
import { runtimeProgram } from '../runtimes.mjs';
import { check, insist } from './insist.mjs';

const runMs = 120_000;

/** Runs print.js, whose last line is its report. */
async function printed(context, dir, program, args, env = {}) {
  const { code, output } = await run(program, args, { cwd: dir, timeoutMs: runMs, env: { ...process.env, NO_COLOR: '1', ...env } });
  insist(code === 0, `exit ${code}:\n${output.trim()}`);
  const { worker: _, ...expected } = context.expected;
  check(JSON.parse(output.trim().split('\n').at(-1)), expected);
}

const program = (name) => {
  const found = runtimeProgram(name);
  insist(found, `${name} is not installed`);
  return found;
};

const node = (context) => printed(context, context.project('node', 'shared'), process.execPath, ['print.js']);

/** Without what npm may leave out: the command's database is the only thing that wants it. */
async function nodeAlone(context) {
  const dir = context.project('node-alone', 'shared');
  const { optionalDependencies = {} } = JSON.parse(readFileSync(join(dir, 'node_modules/anyfile/package.json'), 'utf8'));
  for (const name of Object.keys(optionalDependencies)) rmSync(join(dir, 'node_modules', name), { recursive: true });
  await printed(context, dir, process.execPath, ['print.js']);
}

/** The command, as npm links it, copies a file and draws how: what charts need is in the package. */
async function command(context) {
  const dir = context.project('command', 'shared');
  for (const format of ['svg', 'html']) {
    const args = ['cp', 'read.js', `copy-${format}.js`, '--flight-time', '--chart-format', format];
    const { code, output } = await run(join(dir, 'node_modules/.bin/anyfile'), args, { cwd: dir, timeoutMs: runMs });
    insist(code === 0, `exit ${code}:\n${output.trim()}`);
    insist(readFileSync(join(dir, `copy-${format}.js`), 'utf8') === readFileSync(join(dir, 'read.js'), 'utf8'), 'another copy');
    const charts = readdirSync(dir, { recursive: true }).filter((name) => !name.includes('node_modules') && name.endsWith(`.${format}`));
    insist(
      charts.length === 1 && readFileSync(join(dir, charts[0]), 'utf8').includes('Time of flight'),
      `a chart of one file instead of ${charts.join(', ')}\n${output}`,
    );
  }
}

async function deno(context) {
  const dir = context.project('deno', 'shared');
  const args = ['run', '--quiet', '--allow-all', '--no-lock', '--node-modules-dir=manual', 'print.js'];
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ type: 'module', dependencies: { anyfile: context.version } }));
  await printed(context, dir, program('deno'), args, { DENO_DIR: join(cacheDir(), 'deno'), DENO_NO_UPDATE_CHECK: '1' });
}

/** Bun installs the tarball by itself. */
async function bun(context) {
  const dir = context.project('bun', 'shared');
  rmSync(join(dir, 'node_modules'), { recursive: true });
  const env = { BUN_INSTALL_CACHE_DIR: join(cacheDir(), 'bun-packages') };
  const installed = await run(program('bun'), ['add', '--ignore-scripts', context.tarball], {
    cwd: dir,
    timeoutMs: 300_000,
    env: { ...process.env, ...env },
  });
  insist(installed.code === 0, `bun add ended with ${installed.code}:\n${installed.output.trim()}`);
  await printed(context, dir, program('bun'), ['print.js'], env);
}

/** Bundled by esbuild as wrangler does: modules in WebAssembly stay files. */
async function workerd(context) {
  const dir = context.project('workerd', 'workerd', 'shared');
  const out = join(dir, 'out');
  const flags = [
    '--bundle',
    '--splitting',
    '--format=esm',
    '--target=es2022',
    '--conditions=workerd',
    '--platform=neutral',
    '--main-fields=module,main',
  ];
  const more = ['--loader:.wasm=copy', '--asset-names=[name]', `--outdir=${out}`, '--log-level=warning'];
  const esbuild = readdirSync(join(dir, 'node_modules/@esbuild')).map((name) => join(dir, 'node_modules/@esbuild', name, 'bin/esbuild'))[0];
  mkdirSync(out);
  const { code, output } = await run(esbuild, ['index.js', ...flags, ...more], { cwd: dir, timeoutMs: runMs });
  insist(code === 0 && !output.trim(), `esbuild ended with ${code}:\n${output.trim()}`);
  // The first module is the worker's entry.
  const modules = readdirSync(out).sort((a, b) => Number(b === 'index.js') - Number(a === 'index.js'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  writeFileSync(
    join(out, 'config.capnp'),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .reader), (name = "internet", network = (allow = ["public", "private"]))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const reader :Workerd.Worker = (
  compatibilityDate = "2026-11-01",
  modules = [
${modules.map((name) => `    (name = "${name}", ${name.endsWith('.wasm') ? 'wasm' : 'esModule'} = embed "${name}"),`).join('\n')}
  ],
);
`,
  );
  const { stop } = await startProcess(program('workerd'), ['serve', join(out, 'config.capnp')], { ready: `${url}/ready` });
  try {
    const { range, gzip, br, zstd } = context.expected;
    check(await (await fetch(url)).json(), { range, gzip, br, zstd });
  } finally {
    await stop();
  }
}

/** Steps by name. */
export const runtimeSteps = {
  Node: node,
  'Node, without optional packages': nodeAlone,
  'the command': command,
  Deno: deno,
  Bun: bun,
  workerd,
};
