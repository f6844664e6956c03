// Reads in headless Chromium: a page on loopback runs page.mjs and posts what it measured.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { root } from '../tools/bundle.mjs';

const html = '<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/page.js"></script>';
const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
];

/** Puts the page, the built package and the peer into modules. */
async function bundle(outdir, dist, packages) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(root, 'test/bench/page.mjs')],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    alias: { anyfile: join(dist, 'browser/index.js'), aws4fetch: join(packages, 'node_modules/aws4fetch') },
    logLevel: 'silent',
  });
}

/**
 * Runs the page to its end.
 *
 * @param job for the page: endpoint, bucket, region, credentials, n, inFlight, rounds
 * @returns one object per round: peer → `{ rate, preflights }`
 */
export async function runBrowser({ dist, packages, outdir, job, program = 'chromium', timeoutMs }) {
  await bundle(outdir, dist, packages);
  let settle;
  const result = new Promise((resolve, reject) => (settle = { resolve, reject }));
  const server = createServer((request, response) => {
    const type = { '/': 'text/html' }[request.url] ?? 'text/javascript';
    response.setHeader('content-type', type);
    if (request.method === 'POST') {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      request.on('end', () => {
        response.end();
        const { rounds, error } = JSON.parse(text);
        if (error) settle.reject(new Error(`in the page: ${error}`));
        else settle.resolve(rounds);
      });
    } else if (request.url === '/') response.end(html);
    else if (request.url === '/job.json') response.end(JSON.stringify(job));
    else if (/^\/[\w-]+\.js$/.test(request.url)) response.end(readFileSync(join(outdir, request.url)));
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const profile = mkdtempSync(join(tmpdir(), 'anyfile-bench-'));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`, url], { stdio: 'ignore', detached: true });
  const gone = new Promise((resolve) => child.once('close', resolve).once('error', resolve));
  void gone.then(() => settle.reject(new Error(`${program} ended`)));
  const timer = setTimeout(() => settle.reject(new Error(`no result within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
    end(child);
    await gone;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Ends the browser with the processes that it started. */
function end(child) {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGTERM');
  } catch {
    // it has ended
  }
}
