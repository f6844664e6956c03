// Files in ranges, slowly where wanted and with all that was asked counted; open to pages of every origin. README.md of test/tools/hdf5
// says how it is asked.
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, normalize, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const smallBytes = 1 << 20;
const cors = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'Range, If-Match, If-None-Match, Authorization, Content-Type',
  'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
  'access-control-expose-headers': 'Content-Range, Content-Length, ETag, Accept-Ranges, Last-Modified',
  'access-control-max-age': '600',
};

/** What was asked under one token. A round is what begins when something before it has ended: the longest chain of them is counted. */
const newCount = () => ({ requests: 0, preflights: 0, bytes: 0, rounds: 0, inFlight: 0, mostInFlight: 0, ended: 0 });

/** The options at a path's head, `/token-T/latency-20/folder/name`, and the rest. */
function readPath(path) {
  let [token, latencyMs, rest] = ['', 0, path];
  for (;;) {
    const [all, name, value] = /^\/(token|latency)-([\w.-]+)(?=\/)/.exec(rest) ?? [];
    if (!all) return { token, latencyMs, name: decodeURIComponent(rest.slice(1)) };
    if (name === 'token') token = value;
    else latencyMs = Number(value);
    rest = rest.slice(all.length);
  }
}

/** The first and the last byte of a Range header; undefined for the whole, null for what cannot be. */
function readRange(header, sizeBytes) {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || (from === '' && to === '')) return undefined;
  const first = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const last = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  return first > last ? null : [first, last];
}

/**
 * Serves folders by ranges on a free loopback port.
 *
 * @param roots folders by the prefix of names that lie in them, longest prefix first
 * @param actions what is done for `POST /__actions/NAME/ARGUMENT`: functions of the argument whose results are sent as JSON
 * @returns its address, which ends in a slash, and how to stop it
 */
export async function serveRanges(roots, actions = {}) {
  const counts = new Map();
  const files = new Map();

  const openFile = async (name) => {
    for (const [prefix, dir] of roots) {
      const path = normalize(join(dir, name.slice(prefix.length)));
      if (!name.startsWith(prefix) || name.includes('\0') || !path.startsWith(dir + sep)) continue;
      const handle = await open(path).catch(() => undefined);
      const stat = await handle?.stat();
      const etag = stat && `"${stat.size.toString(36)}-${Math.round(stat.mtimeMs).toString(36)}"`;
      if (stat?.isFile()) return { path, handle, etag, sizeBytes: stat.size, at: stat.mtime };
      await handle?.close();
    }
    throw new Error('no such file');
  };
  const fileOf = (name) => {
    if (!files.has(name)) {
      const opened = openFile(name);
      files.set(name, opened);
      opened.catch(() => files.delete(name));
    }
    return files.get(name);
  };

  async function sendFile(request, response, { name, count }) {
    const file = await fileOf(name);
    const { sizeBytes, etag } = file;
    const range = readRange(request.headers.range, sizeBytes);
    const [first, last] = range ?? [0, sizeBytes - 1];
    const headers = { ...cors, 'accept-ranges': 'bytes', etag, 'last-modified': file.at.toUTCString(), 'cache-control': 'no-store' };
    const wanted = request.headers['if-match'];
    if (wanted && wanted !== etag) return response.writeHead(412, headers).end();
    if (range === null) return response.writeHead(416, { ...headers, 'content-range': `bytes */${sizeBytes}` }).end();
    const length = last - first + 1;
    const more = range && { 'content-range': `bytes ${first}-${last}/${sizeBytes}` };
    response.writeHead(range ? 206 : 200, { ...headers, ...more, 'content-type': 'application/octet-stream', 'content-length': length });
    if (request.method === 'HEAD' || length === 0) return response.end();
    count.bytes += length;
    if (length > smallBytes) return void createReadStream(file.path, { start: first, end: last, highWaterMark: smallBytes }).pipe(response);
    response.end((await file.handle.read(Buffer.allocUnsafe(length), 0, length, first)).buffer);
  }

  const sendJson = (response, value, status = 200) =>
    response.writeHead(status, { ...cors, 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value));

  async function answer(request, response) {
    const { pathname } = new URL(request.url, 'http://x');
    const [, action, argument] = /^\/__actions\/(\w+)\/(.+)$/.exec(pathname) ?? [];
    if (action && request.method === 'POST') return sendJson(response, await actions[action](decodeURIComponent(argument)));
    const [, asked] = /^\/__counts\/([\w.-]+)$/.exec(pathname) ?? [];
    if (asked !== undefined) {
      const { ended: _, inFlight: __, ...count } = counts.get(asked) ?? newCount();
      if (request.method === 'DELETE') counts.delete(asked);
      return sendJson(response, count);
    }
    const { token, latencyMs, name } = readPath(pathname);
    if (!counts.has(token)) counts.set(token, newCount());
    const count = counts.get(token);
    if (request.method === 'OPTIONS') {
      count.preflights++;
      return response.writeHead(204, cors).end();
    }
    count.requests++;
    count.mostInFlight = Math.max(count.mostInFlight, ++count.inFlight);
    const round = count.ended + 1;
    count.rounds = Math.max(count.rounds, round);
    response.once('close', () => {
      count.inFlight--;
      count.ended = Math.max(count.ended, round);
    });
    if (latencyMs) await sleep(latencyMs);
    return await sendFile(request, response, { name, count });
  }

  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    answer(request, response).catch((error) => {
      if (response.headersSent) response.destroy();
      else sendJson(response, { error: error.message }, 404);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.allSettled([...files.values()].map(async (file) => (await file).handle.close()));
    },
  };
}
