// The cases in browsers: a page on loopback runs page.mjs and posts what it measured.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { browsers } from '../../tools/browsers.mjs';
import { root } from '../../tools/bundle.mjs';

const html = '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/page.js"></script>';

/** Puts page.mjs into one module. */
export async function bundlePage(outdir) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: { page: join(root, 'test/bench/cache/page.mjs') },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['browser'],
    loader: { '.wasm': 'base64' },
    logLevel: 'silent',
  });
}

/**
 * Runs the page in one browser.
 *
 * @returns what was measured, case by case; undefined where the browser is not installed
 */
export async function runPage(name, outdir, job) {
  const browser = browsers[name];
  const program = browser.program();
  if (!program) return undefined;
  let settle;
  const result = new Promise((resolve, reject) => (settle = { resolve, reject }));
  const server = createServer((request, response) => {
    response.setHeader('content-type', request.url === '/' ? 'text/html' : 'text/javascript');
    if (request.method === 'POST') {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      request.on('end', () => {
        response.end();
        const { measured, error } = JSON.parse(text);
        if (error) settle.reject(new Error(`in ${name}: ${error}`));
        else settle.resolve(measured);
      });
    } else if (request.url === '/') response.end(html);
    else if (request.url === '/job.json') response.end(JSON.stringify(job));
    else if (/^\/[\w.-]+\.js$/.test(request.url)) response.end(readFileSync(join(outdir, request.url)));
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const home = mkdtempSync(join(tmpdir(), 'anyfile-bench-'));
  const args = browser.args(`http://localhost:${server.address().port}/`, home);
  const [command, ...rest] = browser.needsDisplay && !process.env.DISPLAY ? ['xvfb-run', '-a', program, ...args] : [program, ...args];
  const child = spawn(command, rest, {
    stdio: 'ignore',
    detached: true,
    env: { ...process.env, ...browser.env, HOME: home, TMPDIR: home },
  });
  const gone = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  void gone.then(() => settle.reject(new Error(`${name} ended`)));
  const timer = setTimeout(() => settle.reject(new Error(`no result of ${name}`)), 300_000);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
    try {
      process.kill(-Number(child.pid), 'SIGTERM');
    } catch {
      // It has ended.
    }
    await gone;
    server.closeAllConnections();
    server.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
