import { getEventListeners } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type AddressInfo, type Socket } from 'node:net';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import type { CloudError } from '../../src/errors.ts';
import { createHttpPort, storedBytes } from '../../src/platform/node/http.ts';
import { createTransport } from '../../src/transport/compose.ts';
import { createLimiter } from '../../src/transport/limit.ts';
import { statusError } from '../../src/transport/refused.ts';
import { createSkewTable } from '../../src/transport/skew.ts';
import type { HttpMethod, HttpPort, HttpRequest } from '../../src/types.ts';
import { delay } from '../../src/util/abort.ts';

const isNode = !('Bun' in globalThis) && !('Deno' in globalThis);

interface Served {
  base: string;
  port: HttpPort;
  /** Sockets that were opened. */
  connections: () => number;
  close: () => Promise<void>;
  get: (path?: string, more?: Partial<HttpRequest>) => HttpRequest;
}

/** A server and a port, both gone at the end. */
async function serving(
  handle: (request: IncomingMessage, response: ServerResponse, n: number) => void,
  use: (served: Served) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let requests = 0;
  const server = createServer((request, response) => handle(request, response, requests++));
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { send, close } = createHttpPort();
  try {
    await use({
      base,
      port: send,
      connections: () => connections,
      close,
      get: (path = '/x', more = {}) => ({ method: 'GET', url: base + path, headers: {}, ...more }),
    });
  } finally {
    await close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

const echo = (request: IncomingMessage, response: ServerResponse): void => {
  let size = 0;
  request.on('data', (chunk: Uint8Array) => (size += chunk.length));
  request.on('end', () => response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, size })));
};
interface Echo {
  method: string;
  url: string;
  headers: Record<string, string>;
  size: number;
}
const echoed = async (port: HttpPort, request: HttpRequest): Promise<Echo> =>
  JSON.parse(new TextDecoder().decode(await (await port(request)).body.bytes())) as Echo;

test('twenty requests of every kind use at most two connections', () =>
  serving(
    ({ method, headers, url }, response) => {
      if (headers['if-none-match']) response.writeHead(304, { etag: '"e"' }).end();
      else if (method === 'HEAD') response.writeHead(200, { 'content-length': 4096 }).end();
      else if (url === '/missing') response.writeHead(404).end('x'.repeat(2000));
      else response.writeHead(200, { 'content-length': 4096 }).end(new Uint8Array(4096));
    },
    async ({ port, connections, get }) => {
      if (!isNode) skip('this runtime gives connections up with a HEAD or a cancelled body');
      for (let i = 0; i < 4; i++) {
        const whole = await port(get());
        equal((await whole.body.bytes()).length, 4096);
        const head = await port(get('/x', { method: 'HEAD' }));
        equal(head.headers.get('content-length'), '4096');
        const same = await port(get('/x', { headers: { 'if-none-match': '"e"' } }));
        equal([same.status, await same.body.read()], [304, undefined]);
        await (await port(get())).body.cancel();
        const refused = await port(get('/missing'));
        await refused.body.read();
        await refused.body.cancel();
      }
      ok(connections() <= 2, `${connections()} connections`);
    },
  ));

test('also through the chain, where nobody reads what is refused', () =>
  serving(
    ({ url }, response) => void (url === '/missing' ? response.writeHead(404).end('x'.repeat(60_000)) : response.end('ok')),
    async ({ port, connections, get }) => {
      if (!isNode) skip('this runtime gives connections up with a cancelled body');
      const send = createTransport({ port, toError: statusError, limiter: createLimiter(), skew: createSkewTable() });
      for (let i = 0; i < 10; i++) {
        await rejects(send(get('/missing'), { operation: 'get' }), 'NotFound');
        await (await send(get(), { operation: 'get' })).body.bytes();
      }
      ok(connections() <= 2, `${connections()} connections`);
    },
  ));

test('a hundred aborts leave no listener on the signal, and Node has nothing to warn of', () =>
  serving(
    (_, response, n) => {
      if (n % 2) response.writeHead(200, { 'content-length': 1_000_000 }).write('x');
    },
    async ({ port, get }) => {
      const warnings: string[] = [];
      const warn = (warning: Error): void => void warnings.push(warning.name);
      process.on('warning', warn);
      const shared = new AbortController();
      const reason = { it: 'me' };
      const running = Array.from({ length: 100 }, async () => (await port(get(), { signal: shared.signal })).body.bytes());
      const settled = Promise.allSettled(running);
      await delay(50);
      if (isNode) equal(getEventListeners(shared.signal, 'abort').length, 1);
      shared.abort(reason);
      for (const result of await settled) ok(result.status === 'rejected' && result.reason === reason, 'the reason itself');
      if (isNode) equal(getEventListeners(shared.signal, 'abort').length, 0);
      await delay(0);
      process.off('warning', warn);
      equal(warnings, []);
    },
  ));

test('a server that sends faster than anybody reads is held back', () =>
  serving(
    (_, response) => {
      const chunk = new Uint8Array(65_536);
      const more = (): void => {
        while (response.write(chunk));
        response.once('drain', more);
      };
      response.writeHead(200);
      more();
    },
    async ({ port, get }) => {
      if (!isNode) skip('this runtime has its own fetch');
      const { body } = await port(get());
      await body.read();
      const before = process.memoryUsage().arrayBuffers;
      await delay(300);
      const grown = process.memoryUsage().arrayBuffers - before;
      ok(grown < 40_000_000, `${grown} bytes more are held`);
      for (let i = 0; i < 200; i++) ok((await body.read())?.length, 'goes on when read');
      await body.cancel();
      equal(await body.read(), undefined);
    },
  ));

test("chunks are the reader's own, bytes() own their buffer, and none is a Buffer", () =>
  serving(
    (_, response) => {
      const all = Uint8Array.from({ length: 1_500_000 }, (_, i) => i % 251);
      response.writeHead(200, { 'content-length': all.length }).end(all);
    },
    async ({ port, get }) => {
      const want = Uint8Array.from({ length: 1_500_000 }, (_, i) => i % 251);
      const { body } = await port(get());
      const kept: Uint8Array[] = [];
      for (let chunk = await body.read(); chunk; chunk = await body.read()) kept.push(chunk);
      let at = 0;
      for (const chunk of kept) {
        equal(Object.getPrototypeOf(chunk) === Uint8Array.prototype, true, 'a plain Uint8Array');
        sameBytes(chunk, want.subarray(at, (at += chunk.length)));
      }
      equal(at, want.length);
      for (const hint of [undefined, 10, want.length, 1e15]) {
        const bytes = await (await port(get())).body.bytes(hint);
        sameBytes(bytes, want);
        equal([bytes.buffer.byteLength, Object.getPrototypeOf(bytes) === Uint8Array.prototype], [want.length, true]);
      }
      const { body: mixed } = await port(get());
      const first = (await mixed.read())!;
      sameBytes(await mixed.bytes(), want.subarray(first.length));
    },
  ));

test('chunked bodies, small and large, come whole', () =>
  serving(
    ({ url }, response) => {
      const size = Number(url?.slice(1));
      response.writeHead(200);
      for (let at = 0; at < size; at += 1000) response.write(new Uint8Array(Math.min(1000, size - at)).fill(7));
      response.end();
    },
    async ({ port, get }) => {
      for (const size of [0, 1, 1000, 300_000, 3_000_000]) {
        const bytes = await (await port(get(`/${size}`))).body.bytes();
        equal([bytes.length, bytes.every((byte) => byte === 7)], [size, true]);
      }
    },
  ));

test("requests are sent as given, with Host and Content-Length of the port's own", () =>
  serving(echo, async ({ base, port, get }) => {
    const plain = await echoed(
      port,
      get('/a%20b/%C3%A4?x=%2F&y=a+b#fragment', { headers: { 'x-a': 'b', ...(isNode && { host: 'wrong', 'content-length': '99' }) } }),
    );
    equal(
      [plain.url, plain.headers['x-a'], plain.headers['host'], plain.headers['content-length']],
      ['/a%20b/%C3%A4?x=%2F&y=a+b', 'b', base.slice(7), undefined],
    );
    equal((await echoed(port, get(''))).url, '/');
    equal((await echoed(port, get('?a=/b'))).url, '/?a=/b');
    for (const method of ['PUT', 'POST', 'DELETE', 'PATCH'] as HttpMethod[])
      equal((await echoed(port, get('/x', { method }))).method, method);
    equal((await echoed(port, get('/x', { method: 'PUT', body: new Uint8Array() }))).headers['content-length'], '0');
    if (isNode) equal(Object.keys(plain.headers).sort(), ['connection', 'host', 'x-a']);
  }));

test(
  'uploads larger than any buffer are sent in pieces, and slow ones are not taken for stalled',
  () =>
    serving(
      (request, response) => {
        let size = 0;
        if (request.url === '/early') response.flushHeaders();
        request.on('data', (chunk: Uint8Array) => {
          if (size % 1_000_000 > (size + chunk.length) % 1_000_000) {
            request.pause();
            setTimeout(() => request.resume(), 80);
          }
          size += chunk.length;
        });
        request.on('end', () => response.end(`${size} ${request.headers['content-length']}`));
      },
      async ({ port, get }) => {
        const body = new Uint8Array(24_000_000);
        if (!isNode) skip('this runtime does not tell how far an upload is');
        for (const [path, it] of [
          ['/late', body],
          ['/early', new Blob([body])],
        ] as const) {
          const response = await port(get(path, { method: 'PUT', body: it }), { headersMs: 1200, idleMs: 1200 });
          equal(new TextDecoder().decode(await response.body.bytes()), '24000000 24000000');
        }
      },
    ),
  { timeoutMs: 60_000 },
);

test('headers are read as Latin-1, repeated ones joined, and early hints passed over', () =>
  serving(
    (_, response) => {
      response.writeEarlyHints?.({ link: '</a>; rel=preload' });
      response
        .writeHead(200, [
          ['X-Amz-Meta-A', 'caf\u00e9'],
          ['X-B', '1'],
          ['x-b', '2'],
          ['ETag', '"e"'],
        ] as never)
        .end('ok');
    },
    async ({ port, get }) => {
      const { headers, body } = await port(get());
      equal([headers.get('x-amz-meta-a'), headers.get('x-b'), headers.get('etag')], ['caf\u00e9', '1, 2', '"e"']);
      ok(headers.get('x-none') == null, 'absent');
      const names: string[] = [];
      headers.forEach((_, name) => names.push(name));
      ok(names.includes('x-amz-meta-a') && names.every((name) => name === name.toLowerCase()), 'lower-case names');
      await body.bytes();
    },
  ));

test('a connection that the server closed while idle is replaced', () =>
  serving(
    (request, response) => {
      response.end('ok');
      response.on('finish', () => setTimeout(() => request.socket.destroy(), 5));
    },
    async ({ port, get }) => {
      for (let i = 0; i < 5; i++) {
        equal((await (await port(get())).body.bytes()).length, 2);
        await delay(25);
      }
    },
  ));

test('a length that no memory can hold is an error, not a crash', () =>
  serving(
    (_, response) => void response.writeHead(200, { 'content-length': String(Number.MAX_SAFE_INTEGER) }).write('x'),
    async ({ port, get }) => {
      if (!isNode) skip('this runtime has its own fetch');
      const { body } = await port(get());
      await rejects(body.bytes(), 'NotSupported');
    },
  ));

test('what is not HTTP is a Network error', async () => {
  const server = createSocketServer((socket) => {
    socket.on('error', () => {}).resume();
    socket.end('SSH-2.0-something SECRET\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { send, close } = createHttpPort();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x?s=SECRET`;
  const error = await rejects<CloudError>(send({ method: 'GET', url, headers: {} }), 'Network');
  const cause = error.cause as Error;
  ok(
    ![error.message, error.stack, cause.message, JSON.stringify(cause)].join().includes('SECRET'),
    'neither the query nor what the server sent',
  );
  await close();
  await new Promise((resolve) => server.close(resolve));
});

test('a request that cannot be sent is InvalidArgument and shows no value', () =>
  serving(echo, async ({ port, get }) => {
    const error = await rejects<CloudError>(port(get('/x', { headers: { authorization: 'SECRET\nx' } })), 'InvalidArgument');
    ok(!`${error.message}${error.stack}${String((error.cause as Error | undefined)?.stack)}`.includes('SECRET'), 'no secret');
  }));

test('redirects are handed out, or refused when asked', () =>
  serving(
    (_, response) => void response.writeHead(302, { location: '/y' }).end('moved'),
    async ({ port, get }) => {
      const { status, headers, body } = await port(get());
      equal([status, headers.get('location'), (await body.bytes()).length], [302, '/y', 5]);
      equal((await rejects<CloudError>(port(get(), { redirect: 'error' }), 'Redirected')).status, 302);
    },
  ));

test('closing ends what is under way; nothing can be sent afterwards', () =>
  serving(
    () => {},
    async ({ port, get, close }) => {
      const running = port(get());
      running.catch(() => {});
      await delay(30);
      await close();
      ok(!(await rejects<CloudError>(running, 'Network')).retryable, 'not to be tried again');
      ok(!(await rejects<CloudError>(port(get()), 'Network')).retryable, 'not to be tried again');
      const unused = createHttpPort();
      await unused.close();
      await rejects(unused.send(get()), 'Network');
    },
  ));

test('bodies come as stored here', () => ok(storedBytes()));

test('what was read of a body is let go, also where the next is always there already', () => {
  if (!isNode) skip('a body of fetch has no queue of ours');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const [piece, pieces] = [0x10000, 512];
  return serving(
    (_request, response) => {
      response.writeHead(200, { 'content-length': piece * pieces });
      for (let n = 0; n < pieces; n++) response.write(new Uint8Array(piece));
      response.end();
    },
    async ({ port, get }) => {
      const { body } = await port(get());
      const seen: WeakRef<Uint8Array>[] = [];
      let size = 0;
      // slower than they come
      for (let chunk = await body.read(); chunk; chunk = await body.read()) {
        size += chunk.length;
        seen.push(new WeakRef(chunk));
        await delay(1);
        if (size < (piece * pieces) / 2) continue;
        chunk = undefined;
        break;
      }
      await delay(10);
      collect();
      const held = seen.filter((chunk) => chunk.deref()).length;
      ok(seen.length > 100 && held < 5, `${held} of ${seen.length} are still held`);
      await body.cancel();
    },
  );
});
