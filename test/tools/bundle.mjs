// Bundles test files with esbuild: one build with shared chunks, so that every file sees the same harness.
import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');

const slashes = (path) => path.split(sep).join('/');

/**
 * Test files below test/, as paths from there, sorted.
 *
 * @param kind `node`: all but browser/ and meta/; `browser`: all but node/ and meta/; `meta`: meta/ alone
 */
export function testFiles(kind) {
  const test = join(root, 'test');
  const all = readdirSync(test, { recursive: true }).map(slashes);
  const files = all.filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules')).sort();
  if (kind === 'meta') return files.filter((file) => file.startsWith('meta/'));
  const other = kind === 'node' ? 'browser/' : 'node/';
  return files.filter((file) => !file.startsWith('meta/') && !file.startsWith(other));
}

/**
 * Whether a built test file is run in workers of browsers too. Not what is the same in every realm of an engine: text in, text out, and the data
 * model, paths and the caching store above stores, disks and containers, which are. Nor what is a service worker, which pages start.
 */
const needsWorker = (file) =>
  !/^(parity|unit\/(auth|url|util|views)|unit\/data\/(filter|dataset|manifest)|unit\/cache\/object)\/|^unit\/(data|cloudpath)\/[^/]+$|^browser\/service-worker/.test(
    file,
  );

/**
 * Whether it is run in the workers of every browser, and not of Chromium alone, which are the quickest: what asks a worker for more than requests and
 * codecs, with which the pages of each engine were tried.
 */
const needsEachWorker = (file) =>
  !/^(faults|unit\/(data|cloudpath|encoding|files|sign|transport)|unit\/hdf5\/(file|layout|library|source|values))\/|^unit\/store\/(remote|metadata|write-checksums|rewrite)\./.test(
    file,
  );

/** Whether a built test file is run in workers of a browser. */
export const runsInWorkers = (file, browser) => needsWorker(file) && (browser === 'chromium' || needsEachWorker(file));

/**
 * Whether a built test file is run in versions of Node between the oldest and the newest too, which run everything. Not what asks the
 * runtime for nothing but the language, or only through what other files try.
 */
export const needsEachVersion = (file) =>
  !/^(parity|unit\/(auth|url|util|data|files|cloudpath|sign|views)|unit\/cache\/object)\/|^node\/(octue|cli-|data-|codec-tools|sign-|page-)/.test(
    file,
  );

/**
 * Files that one page or worker runs, in their order: to load some 70 modules anew for each file takes longer than most files do. What looks at its
 * own page or at other ones has it alone, and what opens HDF5 files, whose memory is given back late, is with few.
 */
export function grouped(files) {
  const groups = [];
  for (const file of files) {
    const most = file.startsWith('browser/') ? 1 : /(^|\/)hdf5/.test(file) ? 4 : 12;
    const last = groups.at(-1);
    if (last && last.most === most && last.files.length < most) last.files.push(file);
    else groups.push({ most, files: [file] });
  }
  return groups.map((group) => group.files);
}

/** What runs tests in Node, Bun and Deno, and the programs that tests of node/ start as processes of their own. */
export const nodeEntries = [
  'main.ts',
  ...readdirSync(join(root, 'test/node/programs'))
    .sort()
    .map((name) => `node/programs/${name}`),
];

/**
 * Bundles test files and the entries that run them into a folder.
 *
 * @param files test files, paths from test/
 * @param entries further modules of test/, e.g. `main.ts`
 * @param outdir where to; must be inside the project, so that packages are found
 * @param platform `node` leaves packages outside, `browser` takes them in
 * @returns the built files that can be run (paths from outdir) and what could not be built, with the reason
 */
export async function bundleTests({ files, entries, outdir, platform }) {
  const { build } = await import('esbuild');
  const test = join(root, 'test');
  const options = (paths) => ({
    absWorkingDir: root,
    entryPoints: paths.map((path) => join(test, path)),
    outbase: test,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    platform,
    logLevel: 'silent',
    sourcemap: 'linked',
    chunkNames: 'chunks/[name]-[hash]',
    loader: { '.wasm': 'base64', '.md': 'text' },
    ...(platform === 'node'
      ? { packages: 'external', conditions: ['node'] }
      : { conditions: ['browser'], external: ['/__web-dev-server__web-socket.js'], define: { 'process.env.NODE_ENV': '"production"' } }),
  });
  const broken = [];
  let good = files;
  try {
    await build(options([...entries, ...files]));
  } catch {
    // One of them does not build: find which, so that the others still run.
    good = [];
    for (const file of files) {
      try {
        await build({ ...options([file]), write: false });
        good.push(file);
      } catch (error) {
        broken.push({ file, reason: reasonOf(error) });
      }
    }
    await build(options([...entries, ...good]));
  }
  const built = good.map((file) => file.replace(/\.ts$/, '.js'));
  writeFileSync(join(outdir, 'files.json'), JSON.stringify(built));
  writeFileSync(join(outdir, 'files-of-each-version.json'), JSON.stringify(built.filter(needsEachVersion)));
  return { built, broken, outdir: slashes(relative(root, outdir)) };
}

function reasonOf(error) {
  const [first] = error.errors ?? [];
  return first ? `${first.text}${first.location ? ` (${first.location.file}:${first.location.line})` : ''}` : String(error);
}
