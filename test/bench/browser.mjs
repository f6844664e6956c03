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

/** Puts the page, the built package and the peers into modules. */
async function bundle(outdir, entry, alias) {
  const { build } = await import('esbuild');
  await build({
    entryPoints: { page: join(root, 'test/bench', entry) },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['browser'],
    alias,
    loader: { '.wasm': 'file' },
    logLevel: 'silent',
  });
}

/**
 * Runs a page to its end.
 *
 * @param entry its module, from this folder
 * @param alias what names mean in it
 * @param job for the page, as it asks for /job.json
 * @returns what the page posts as `rounds`; for page.mjs one object per round: peer → `{ rate, preflights }`
 */
export async function runBrowser({ entry = 'page.mjs', alias, outdir, job, program = 'chromium', timeoutMs }) {
  await bundle(outdir, entry, alias);
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
    else if (/^\/[\w.-]+\.(js|wasm)$/.test(request.url)) {
      if (request.url.endsWith('.wasm')) response.setHeader('content-type', 'application/wasm');
      response.end(readFileSync(join(outdir, request.url)));
    } else response.writeHead(404).end();
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
