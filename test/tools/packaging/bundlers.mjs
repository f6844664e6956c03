// The page of projects/page, built by each bundler and opened in Chromium: read under a strict policy, and as each bundler's own development server has it.
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { freePort, startProcess } from '../../servers/process.mjs';
import { run } from '../run.mjs';
import { check, insist } from './insist.mjs';
import { serveCdn, serveSite } from './web-servers.mjs';

/** Script that a page loads to read one range, packed: before it does anything, and in all. */
const maxFirstLoad = 7000;
const maxLoad = 50_000;

const bin = (dir, ...path) => join(dir, 'node_modules', ...path);

/** Runs a bundler as its users do; what it says goes into the error. */
async function build(dir, args, { allowed = /^$/ } = {}) {
  const { code, output } = await run(process.execPath, args, {
    cwd: dir,
    timeoutMs: 300_000,
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
  });
  if (code !== 0) throw new Error(`the build ended with ${code}:\n${output.trim()}`);
  const warnings = output
    .split('\n')
    .filter((line) => /\bwarn(ing)?\b|⚠|critical dependency|unresolved|circular/i.test(line) && !allowed.test(line));
  if (warnings.length) throw new Error(`the build warned:\n${output.trim()}`);
  return output;
}

/** Serves what was built, opens it and compares. */
async function openBuilt(context, dir, options = {}) {
  const site = await serveSite(dir, { connect: [context.settings.endpoint, ...(options.scripts ?? [])], scripts: options.scripts });
  try {
    const { report, said, loaded } = await context.chromium.open(`${site.origin}/`);
    check(report, context.expected, said);
    return loaded;
  } finally {
    await site.close();
  }
}

const copyPage = (dir) => {
  for (const name of ['index.html', 'settings.json']) cpSync(join(dir, name), join(dir, 'out', name));
};

/** Vite's build; `worker.format` is what the documentation of anyfile/worker asks for. */
async function viteBuild(context) {
  const dir = context.project('vite-build', 'page', 'shared');
  writeFileSync(join(dir, 'vite.config.js'), `export default { base: './', build: { outDir: 'out' }, worker: { format: 'es' } };\n`);
  // Vite tells of every chunk above 500 kB, which the HDF5 library is.
  await build(dir, [bin(dir, 'vite/bin/vite.js'), 'build'], { allowed: /chunkSizeWarningLimit/ });
  cpSync(join(dir, 'settings.json'), join(dir, 'out/settings.json'));
  await openBuilt(context, join(dir, 'out'));
}

/** The least that a page can do, one range by `openStore`, and what its visitors load for it. */
async function firstLoad(context) {
  const dir = context.project('vite-small', 'page', 'small');
  writeFileSync(join(dir, 'vite.config.js'), `export default { base: './', build: { outDir: 'out' } };\n`);
  await build(dir, [bin(dir, 'vite/bin/vite.js'), 'build'], { allowed: /chunkSizeWarningLimit/ });
  cpSync(join(dir, 'settings.json'), join(dir, 'out/settings.json'));
  const { range } = context.expected;
  const loaded = await openBuilt({ ...context, expected: { range } }, join(dir, 'out'));
  const packed = (paths) => paths.reduce((sum, path) => sum + gzipSync(readFileSync(join(dir, 'out', path)), { level: 9 }).length, 0);
  const all = loaded.filter((path) => path.endsWith('.js'));
  const entry = /<script[^>]* src="\.(\/[^"]+)"/.exec(readFileSync(join(dir, 'out/index.html'), 'utf8'))[1];
  const [first, total] = [packed([entry]), packed(all)];
  context.log(
    `size - first load of a Vite page that reads a range: ${first} bytes, with what it loads until the bytes are there ${total} in ${all.length} files`,
  );
  insist(first <= maxFirstLoad, `a first load of at most ${maxFirstLoad} bytes instead of ${first}`);
  insist(total <= maxLoad, `at most ${maxLoad} bytes of script instead of ${total}`);
}

/** Vite's development server, which bundles dependencies by itself when it first sees them. */
async function viteDev(context) {
  const dir = context.project('vite-dev', 'page', 'shared');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const args = [bin(dir, 'vite/bin/vite.js'), dir, '--host', '127.0.0.1', '--port', String(port), '--strictPort'];
  const { stop } = await startProcess(process.execPath, args, { ready: url });
  try {
    const { report, said } = await context.chromium.open(url);
    check(report, context.expected, said);
  } finally {
    await stop();
  }
}

/** webpack by its own interface. Its minifier takes three times as long as all the rest, and the builds of Vite and esbuild are minified. */
async function webpack(context) {
  const dir = context.project('webpack', 'page', 'shared');
  writeFileSync(
    join(dir, 'build.js'),
    `import webpack from 'webpack';
const settings = { mode: 'production', entry: './main.js', output: { path: import.meta.dirname + '/out', filename: 'main.js' }, performance: { hints: false }, optimization: { minimize: false } };
webpack(settings, (error, stats) => {
  console.log(error ?? stats.toString({ all: false, errors: true, warnings: true }));
  if (error || stats.hasErrors()) process.exitCode = 1;
});
`,
  );
  await build(dir, ['build.js']);
  copyPage(dir);
  await openBuilt(context, join(dir, 'out'));
}

async function esbuild(context, name = 'esbuild', ...parts) {
  const dir = context.project(name, 'page', 'shared', ...parts);
  // A worker is an entry of its own here, as in rollup.
  const flags = ['--bundle', '--splitting', '--format=esm', '--minify', '--target=es2022', '--outdir=out', '--log-level=warning'];
  const program = readdirSync(bin(dir, '@esbuild')).map((name) => bin(dir, '@esbuild', name, 'bin/esbuild'))[0];
  const { code, output } = await run(program, ['main.js', 'worker.js', ...flags], { cwd: dir, timeoutMs: 60_000 });
  insist(code === 0 && !output.trim(), `esbuild ended with ${code}:\n${output.trim()}`);
  copyPage(dir);
  await openBuilt(context, join(dir, 'out'));
}

async function rollup(context) {
  const dir = context.project('rollup', 'page', 'shared');
  writeFileSync(
    join(dir, 'rollup.config.js'),
    `import { nodeResolve } from '@rollup/plugin-node-resolve';
export default { input: ['main.js', 'worker.js'], plugins: [nodeResolve({ browser: true })], output: { dir: 'out' } };
`,
  );
  await build(dir, [bin(dir, 'rollup/dist/bin/rollup'), '-c']);
  copyPage(dir);
  await openBuilt(context, join(dir, 'out'));
}

/** A page without a bundler: its modules import anyfile from another origin, which its policy names. */
async function cdn(context, name = 'cdn', ...parts) {
  const dir = context.project(name, 'page', 'shared', ...parts);
  const server = await serveCdn(bin(dir, 'anyfile'));
  try {
    for (const name of readdirSync(dir).filter((file) => file.endsWith('.js'))) {
      const code = readFileSync(join(dir, name), 'utf8');
      writeFileSync(
        join(dir, name),
        code.replaceAll(/from 'anyfile(?:\/([\w/-]+))?'/g, (_, entry = 'index') => `from '${server.package}dist/cdn/${entry}.js'`),
      );
    }
    const loaded = await openBuilt(context, dir, { scripts: [server.origin] });
    insist(
      loaded.some((path) => path.includes('/dist/cdn/chunks/')),
      `chunks of the CDN instead of ${loaded.join(', ')}`,
    );
  } finally {
    await server.close();
  }
}

/** A page and its service worker, which reads one range. */
const withServiceWorker = (step, name) => (context) => {
  const { range } = context.expected;
  return step({ ...context, expected: { range } }, name, 'private');
};

/** Vite knows nothing of service workers: one more entry, which keeps its name. */
async function viteServiceWorker(context, name, ...parts) {
  const dir = context.project(name, 'page', ...parts);
  writeFileSync(
    join(dir, 'vite.config.js'),
    `const entryFileNames = ({ name }) => (name === 'worker' ? 'worker.js' : 'assets/[name]-[hash].js');
export default { base: './', build: { outDir: 'out', rollupOptions: { input: ['index.html', 'worker.js'], output: { entryFileNames } } } };
`,
  );
  await build(dir, [bin(dir, 'vite/bin/vite.js'), 'build']);
  cpSync(join(dir, 'settings.json'), join(dir, 'out/settings.json'));
  await openBuilt(context, join(dir, 'out'));
}

/** Steps by name. */
export const bundlerSteps = {
  // The longest first.
  webpack,
  'Vite build': viteBuild,
  'Vite build, one range': firstLoad,
  'Vite development server': viteDev,
  esbuild: (context) => esbuild(context),
  rollup,
  'a page and a CDN, no bundler': (context) => cdn(context),
  'a service worker, Vite build': withServiceWorker(viteServiceWorker, 'private-vite'),
  'a service worker, esbuild': withServiceWorker(esbuild, 'private-esbuild'),
  'a service worker and a CDN, no bundler': withServiceWorker(cdn, 'private-cdn'),
};
