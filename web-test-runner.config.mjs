// The suite in one browser, in pages and in web workers: ANYFILE_BROWSER=firefox npx web-test-runner
// test/tools/matrix.mjs gives it a built bundle (ANYFILE_TEST_DIR) and running servers (ANYFILE_TEST_ENV); without them it makes its own.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleTests, grouped, root, runsInWorkers, testFiles } from './test/tools/bundle.mjs';
import { browserEnv, toxiproxyMiddleware } from './test/tools/browser-env.mjs';
import { hostMiddleware, launchersOf } from './test/tools/launcher.mjs';
import { closingReporter } from './test/tools/wtr-reporter.mjs';
import { freePort } from './test/servers/process.mjs';
import { startServers } from './test/servers/start.mjs';

const name = process.env.ANYFILE_BROWSER || 'chromium';
const dir = process.env.ANYFILE_TEST_DIR || 'build/test/browser';
if (!process.env.ANYFILE_TEST_DIR) {
  mkdirSync(join(root, dir), { recursive: true });
  await bundleTests({ files: testFiles('browser'), entries: ['wtr.ts', 'worker-entry.ts'], outdir: join(root, dir), platform: 'browser' });
}
const env = process.env.ANYFILE_TEST_ENV ? JSON.parse(process.env.ANYFILE_TEST_ENV) : (await startServers()).env;
const files = JSON.parse(readFileSync(join(root, dir, 'files.json'), 'utf8'));
const forWorkers = files.filter((file) => runsInWorkers(file, name));
const prefix = join(root, dir, '/');
const groupsOf = (kind, some) =>
  grouped(some).map((group, index) => {
    const path = join(root, dir, `${kind}-${index}-${group[0].replace(/\W+/g, '-')}.js`);
    writeFileSync(path, `export const files = ${JSON.stringify(group)};\n`);
    return path;
  });
const [page, worker] = launchersOf(name);

export default {
  rootDir: root,
  port: await freePort(),
  // `localhost` is a secure context in every engine.
  hostname: 'localhost',
  concurrency: 1,
  concurrentBrowsers: 2,
  browserStartTimeout: 90_000,
  testsStartTimeout: 180_000,
  testsFinishTimeout: 900_000,
  // Pages run everything, workers what a worker could do otherwise.
  groups: [
    { name: 'pages', files: groupsOf('pages', files), browsers: [page] },
    { name: 'workers', files: groupsOf('workers', forWorkers), browsers: [worker] },
  ].filter((group) => group.files.length > 0),
  testRunnerHtml: () =>
    `<!doctype html><meta charset="utf-8"><title>test</title><body><script type="module" src="/${dir}/wtr.js"></script>`,
  middleware: [
    hostMiddleware,
    toxiproxyMiddleware(env),
    async (context, next) => {
      // an empty page in any folder: for what looks at the address of the page
      if (!context.path.endsWith('/__frame.html')) return await next();
      context.type = 'html';
      context.body = '<!doctype html><meta charset="utf-8"><title>frame</title><body>';
    },
    async (context, next) => {
      if (context.path !== '/__env.json') return await next();
      context.body = browserEnv({ ...env, engine: name }, context.origin);
    },
  ],
  reporters: [closingReporter((file) => file.replace(prefix, ''))],
};
