// Two servers on loopback: a site as it is deployed, under a strict policy, and a CDN of the shape of jsdelivr's.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.json': 'application/json' };

async function listen(answer) {
  const server = createServer((request, response) => {
    try {
      const { path, headers } = answer(normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname)));
      const body = readFileSync(path);
      const type = types[extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': type, 'x-content-type-options': 'nosniff', ...headers });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Serves a built page.
 *
 * @param dir the folder
 * @param options.connect origins that the page may ask, e.g. the store's
 * @param options.scripts origins of scripts beside its own
 */
export async function serveSite(dir, { connect = [], scripts = [] }) {
  const policy = [
    "default-src 'none'",
    ['script-src', "'self'", ...scripts, "'wasm-unsafe-eval'"].join(' '),
    // What a worker's module imports statically is held to the page's rule for workers.
    ['worker-src', "'self'", ...scripts].join(' '),
    ['connect-src', "'self'", ...connect].join(' '),
    'img-src data:',
    "base-uri 'none'",
  ].join('; ');
  return await listen((path) => ({
    path: join(dir, path.endsWith('/') ? `${path}index.html` : path),
    headers: { 'content-security-policy': policy },
  }));
}

/**
 * Serves an installed package as `/npm/NAME@VERSION/FILE`.
 *
 * @param dir the package's folder
 */
export async function serveCdn(dir) {
  const { name, version } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  const base = `/npm/${name}@${version}/`;
  const headers = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };
  const server = await listen((path) => {
    if (!path.startsWith(base)) throw new Error('another package');
    return { path: join(dir, path.slice(base.length)), headers };
  });
  return { ...server, package: server.origin + base };
}
