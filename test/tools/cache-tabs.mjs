// Tabs of one browser on one cache, opened, reloaded and closed at random: node test/tools/cache-tabs.mjs [browser …] [--seconds 120] [--tabs 5]
// Ends with `N passed, N failed`, one for each browser: no wrong byte, no error, every tab at work to the end.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { browsers } from './browsers.mjs';
import { bundleTests, root } from './bundle.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '120' }, tabs: { type: 'string', default: '5' } },
});
const seconds = Number(values.seconds);
const tabs = Number(values.tabs);
const budgetBytes = 0x20_0000;
const module = '/browser/cache-tabs.test.js';

/** What lets a page open and close tabs by itself. */
const more = {
  chromium: { flags: ['--disable-popup-blocking'] },
  firefox: { prefs: { 'dom.disable_open_during_load': false, 'dom.allow_scripts_to_close_windows': true, 'dom.popup_maximum': 1000 } },
};

const html = (script) => `<!doctype html><meta charset="utf-8"><title>tabs</title><body><script type="module">${script}</script>`;

/** A tab is told its number in its address. */
const tabPage = html(`
const id = Number(new URLSearchParams(location.search).get('id'));
globalThis.__ANYFILE_ENV__ = { engine: 'tabs', tab: { name: 'tabs', id, budgetBytes: ${budgetBytes}, withWorker: id < 3 } };
await import('${module}');`);

const hostPage = html(`
import { hostTabs } from '/conformance/cache-tab.js';
let report;
try {
  report = await hostTabs('tabs', ${tabs}, ${seconds * 1000}, { open: (id) => void window.open('/tab?id=' + id, '_blank', 'noopener') });
} catch (error) {
  report = { errors: [String(error)] };
}
await fetch('/report', { method: 'POST', body: JSON.stringify(report) });`);

/** Serves the pages and the bundle; resolves `report` with what the host sends. */
async function serve(dir) {
  const { promise: report, resolve } = (() => {
    let done;
    const promise = new Promise((settle) => (done = settle));
    return { promise, resolve: done };
  })();
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/report') {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      resolve(JSON.parse(Buffer.concat(chunks).toString()));
      return response.end();
    }
    const page = { '/': hostPage, '/tab': tabPage }[pathname];
    const file = join(dir, pathname);
    if (!page && (!file.startsWith(dir) || !existsSync(file))) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': page ? 'text/html' : 'text/javascript', 'cache-control': 'no-store' });
    return response.end(page ?? readFileSync(file));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { report, port: server.address().port, stop: () => server.closeAllConnections() ?? server.close() };
}

async function runBrowser(name, dir) {
  const browser = browsers[name];
  const { flags = [], prefs = {} } = more[name];
  const server = await serve(dir);
  const home = mkdtempSync(join(tmpdir(), `anyfile-tabs-${name}-`));
  const args = browser.args(`http://localhost:${server.port}/`, home);
  const lines = Object.entries(prefs).map(([pref, value]) => `user_pref(${JSON.stringify(pref)}, ${value});\n`);
  if (lines.length) appendFileSync(join(home, 'user.js'), lines.join(''));
  const child = spawn(browser.program(), [...flags, ...args], { detached: true, stdio: 'ignore', env: { ...process.env, HOME: home } });
  let timer;
  try {
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, (seconds + 60) * 1000, { errors: ['no report came: the host is stuck'] });
    });
    return await Promise.race([server.report, late]);
  } finally {
    clearTimeout(timer);
    const gone = new Promise((resolve) => child.once('exit', resolve));
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
      await gone;
    } catch {
      // It has ended.
    }
    server.stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

const outdir = join(root, 'build', 'test', `tabs-${process.pid}`);
mkdirSync(outdir, { recursive: true });
let failed = 0;
const names = positionals.length ? positionals : Object.keys(more);
try {
  const entries = ['worker-entry.ts', 'conformance/cache-tab.ts'];
  await bundleTests({ files: ['browser/cache-tabs.test.ts'], entries, outdir, platform: 'browser' });
  for (const name of names) {
    const report = await runBrowser(name, outdir);
    console.log(name, JSON.stringify(report));
    if (report.wrong !== 0 || report.errors.length || report.stuck !== 0 || !(report.hits > 100 && report.lives > tabs)) failed++;
  }
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
console.log(`${names.length - failed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
