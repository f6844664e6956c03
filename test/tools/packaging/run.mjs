// The package in the hands of its users: node test/tools/packaging/run.mjs [piece of a step's name …] [--tarball FILE]
// The tarball of `npm run check` is installed into fresh projects for bundlers, runtimes, a CDN and compilers; each reads from versitygw and what it
// read is compared. Ends with `N passed, N failed`.
import { mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServers } from '../../servers/start.mjs';
import { root } from '../bundle.mjs';
import { cacheDir, skippable } from '../cache.mjs';
import { bundlerSteps } from './bundlers.mjs';
import { startChromium } from './chromium.mjs';
import { freshProjects } from './fresh-projects.mjs';
import { expected, putObjects } from './objects.mjs';
import { runtimeSteps } from './runtimes.mjs';
import { openToolbox } from './toolbox.mjs';
import { typeSteps } from './types.mjs';

const lanes = 2;
const steps = { ...bundlerSteps, ...runtimeSteps, ...typeSteps };

/** What the gates packed. */
function packed() {
  const dir = join(root, 'build', 'pack');
  const name = readdirSync(dir).find((file) => file.endsWith('.tgz'));
  if (!name) throw new Error('no tarball in build/pack: npm run package makes it');
  return join(dir, name);
}

/**
 * Runs the steps, two at a time; each counts as one test, and so does the set-up when it fails.
 *
 * @param options.servers running servers as startServers() gives them
 * @param options.wanted whether a step of that name is run
 * @param options.tarball the package; that of the gates when it is not told
 * @returns what passed, failed and was skipped
 */
export async function runPackaging({ servers, wanted = () => true, tarball, log = console.log }) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const attempt = async (name, work) => {
    const start = Date.now();
    try {
      const result = await work();
      total.passed++;
      log(`ok - ${name}   ${((Date.now() - start) / 1000).toFixed(1)} s`);
      return result;
    } catch (error) {
      total.failed++;
      log(`not ok - ${name}   ${((Date.now() - start) / 1000).toFixed(1)} s\n${error?.message ?? error}`);
      return undefined;
    }
  };
  const { versitygw } = servers.env.servers;
  const maySkip = skippable();
  const chromium = startChromium();
  let fresh;
  try {
    if (!versitygw && maySkip.has('versitygw')) return { ...total, skipped: Object.keys(steps).length };
    const context = await attempt('the tarball is installed', async () => {
      if (!versitygw) throw new Error(`versitygw: ${servers.env.absent.versitygw}`);
      mkdirSync(cacheDir(), { recursive: true });
      const file = tarball ?? packed();
      const settings = await putObjects(versitygw, `packaging-${process.pid}/`);
      fresh = await freshProjects({ tarball: file, toolbox: await openToolbox(), settings });
      const { version } = JSON.parse(readFileSync(join(fresh.base, 'node_modules/anyfile/package.json'), 'utf8'));
      return { project: fresh.project, chromium, settings, expected, tarball: file, version, log };
    });
    const queue = context ? Object.entries(steps).filter(([name]) => wanted(name)) : [];
    const next = async () => {
      for (let step = queue.shift(); step; step = queue.shift()) {
        const [name, work] = step;
        const engine = name in bundlerSteps ? 'chromium' : name.toLowerCase();
        if (maySkip.has(engine)) {
          total.skipped++;
          log(`skipped - ${name}: ${engine} is in ANYFILE_SKIP`);
        } else await attempt(name, () => work(context));
      }
    };
    await Promise.all(Array.from({ length: lanes }, next));
    if (context && total.passed > 1) log(`each of them read ${JSON.stringify(expected)}`);
  } finally {
    await chromium.close();
    fresh?.remove();
  }
  return total;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { tarball: { type: 'string' } } });
  const servers = await startServers();
  try {
    const wanted = (name) => !positionals.length || positionals.some((piece) => name.includes(piece));
    const { passed, failed } = await runPackaging({ servers, wanted, ...values });
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed || !passed ? 1 : 0;
  } finally {
    await servers.stop();
  }
}
