// The page on loopback: the built files, a local JSON for it, and one public file, under a strict Content-Security-Policy.
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, sep } from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.wasm': 'application/wasm',
};

/** What the page may do: its own scripts and styles, and requests to whatever store the user names. */
export const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self' http: https:",
  "worker-src 'self'",
  "img-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const always = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Files below a folder, by their path in a URL. */
function filesBelow(dir) {
  const paths = readdirSync(dir, { recursive: true }).filter((path) => statSync(join(dir, path)).isFile());
  return new Map(paths.map((path) => [`/${path.split(sep).join('/')}`, join(dir, path)]));
}

/** First and last byte of `bytes=a-b` or `bytes=a-`; anything else means all of them. */
function rangeOf(text, size) {
  const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(text ?? '') ?? [];
  return start === undefined ? undefined : { start: Number(start), end: Math.min(size - 1, end ? Number(end) : Infinity) };
}

/**
 * Serves the page. Only names of this machine are answered, so that no other site can have its name point here and read the keys.
 *
 * @param dir the built page
 * @param data what `demo.json` tells the page; a function of the page's origin
 * @param files more files, by their path in a URL
 * @param port 0 finds a free one
 */
export async function servePage({ dir, data, files = {}, port = 0 }) {
  const known = new Map([...filesBelow(dir), ...Object.entries(files)]);
  known.set('/', known.get('/index.html'));
  let hosts = [];
  const server = createServer((request, response) => {
    const { method, headers, url } = request;
    const path = url.split('?', 1)[0];
    const send = (status, body, type = 'text/plain; charset=utf-8') => {
      response.writeHead(status, { ...always, 'content-type': type, 'content-length': Buffer.byteLength(body) });
      response.end(method === 'HEAD' ? undefined : body);
    };
    if (!hosts.includes(headers.host)) return send(421, 'another host was asked for\n');
    if (method !== 'GET' && method !== 'HEAD') return send(405, 'GET and HEAD only\n');
    if (path === '/demo.json') return send(200, JSON.stringify(data(`http://${headers.host}`)), types['.json']);
    const file = known.get(path);
    if (!file) return send(404, 'not found\n');
    const { size, mtimeMs, mtime } = statSync(file);
    const about = {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'last-modified': mtime.toUTCString(),
      etag: `"${size.toString(36)}-${mtimeMs.toString(36)}"`,
      'accept-ranges': 'bytes',
    };
    const range = rangeOf(headers.range, size);
    const { start, end } = range ?? { start: 0, end: size - 1 };
    if (range && start > end) return void response.writeHead(416, { ...always, 'content-range': `bytes */${size}` }).end();
    const part = range && { 'content-range': `bytes ${start}-${end}/${size}` };
    response.writeHead(range ? 206 : 200, { ...always, ...about, ...part, 'content-length': end - start + 1 });
    if (method === 'HEAD' || size === 0) return void response.end();
    return void createReadStream(file, { start, end }).pipe(response);
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  const bound = server.address().port;
  hosts = [`127.0.0.1:${bound}`, `localhost:${bound}`];
  return {
    address: `http://127.0.0.1:${bound}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
