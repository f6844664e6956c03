// `npm test`: does all the set-up, then every gate, then the suite in every engine; ends with `N passed, N failed`.
// `npm test -- node bun` runs the suite in these engines alone. It is written in plain Node, for nothing is installed when it starts in a fresh clone.
import { fileURLToPath } from 'node:url';
import { cacheDir } from './cache.mjs';
import { installPackages } from './packages.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const begin = Date.now();
const minutes = () => `${((Date.now() - begin) / 60_000).toFixed(1)} min`;
const stage = (name) => console.log(`\n== ${name}   (${minutes()})`);

async function main() {
  stage(`set-up, cache ${cacheDir()}`);
  if (await installPackages(root)) console.log('npm packages installed');
  const [{ installBrowsers }, { installCodecTools }, { installRuntimes }, { installServers }] = await Promise.all([
    import('./browsers.mjs'),
    import('./codec-tools.mjs'),
    import('./runtimes.mjs'),
    import('../servers/install.mjs'),
  ]);
  // One after the other where both want apt-get; the runtimes come from npm meanwhile.
  const [failures, noRuntimes] = await Promise.all([
    installBrowsers()
      .then(() => installCodecTools())
      .then(() => installServers()),
    installRuntimes(),
  ]);
  if (noRuntimes) console.log(`runtimes not installed: ${noRuntimes}`);

  stage('gates');
  const { runCheck } = await import('./check.mjs');
  const checked = await runCheck();

  stage('the package, installed');
  const [{ startServers }, { runMatrix }, { runPackaging }] = await Promise.all([
    import('../servers/start.mjs'),
    import('./matrix.mjs'),
    import('./packaging/run.mjs'),
  ]);
  const servers = await startServers({ failures });
  let ran;
  let used;
  try {
    used = await runPackaging({ servers });
    stage('every engine');
    const names = process.argv.slice(2);
    ran = await runMatrix({ servers, ...(names.length && { names }) });
  } finally {
    await servers.stop();
  }
  stage('the end');
  for (const [name, { passed, failed }] of Object.entries({ gates: checked, package: used, engines: ran }))
    console.log(`${name}: ${passed} passed, ${failed} failed`);
  const sum = (key) => checked[key] + used[key] + ran[key];
  console.log(`${sum('skipped')} skipped, each for a reason above`);
  return { passed: sum('passed'), failed: sum('failed') };
}

let total;
try {
  total = await main();
} catch (error) {
  console.log(`not ok - ${error?.stack ?? error}`);
  total = { passed: 0, failed: 1 };
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed || !total.passed ? 1 : 0);
