/** Sockets that read into memory which is used again: no reader ever sees bytes of another read. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createHttpPort } from '../../src/platform/node/http.ts';
import type { HttpBody, HttpPort } from '../../src/types.ts';
import { delay } from '../../src/util/abort.ts';
import { env } from '../env.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import { needTool, runTool } from './run-tool.ts';

const isNode = !('Bun' in globalThis) && !('Deno' in globalThis);

/** Numbers below `most`, the same for the same seed. */
function randomOf(seed: number): (most: number) => number {
  let state = seed >>> 0 || 1;
  return (most) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

/** Bytes that tell where they are from. */
function contentOf(seed: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 7 + (i >> 8) * 13 + seed * 101) & 255;
  return bytes;
}

/** `/SEED/SIZE`: a body of that size, in pieces; `?chunked` without a length, `?cut=N` broken after so many bytes. */
const pieces: RequestListener = (request, response) => {
  const { pathname, searchParams } = new URL(request.url!, 'http://h');
  const [, seed, size] = pathname.split('/').map(Number) as [number, number, number];
  const cut = searchParams.get('cut');
  const bytes = contentOf(seed, size);
  const random = randomOf(seed);
  if (!searchParams.has('chunked')) response.setHeader('content-length', size);
  let at = 0;
  const more = async (): Promise<void> => {
    const end = cut === null ? size : Number(cut);
    while (at < end) {
      const piece = bytes.subarray(at, Math.min(end, at + 1 + random(random(3) === 0 ? 300 : 200_000)));
      at += piece.length;
      if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
      if (random(4) === 0) await delay(random(3));
    }
    if (cut === null) return void response.end();
    // or what was written just now would not be sent
    await delay(50);
    response.destroy();
  };
  response.on('error', () => {});
  void more();
};

async function serving(use: (base: string, port: HttpPort) => Promise<void>, server: Server = createServer(pieces)): Promise<void> {
  if (!isNode) skip('this runtime has its own fetch');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { send, close } = createHttpPort();
  try {
    const { port } = server.address() as AddressInfo;
    await use(`${server instanceof TlsServer ? 'https' : 'http'}://127.0.0.1:${port}`, send);
  } finally {
    await close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** All of a body, by one way to read or by several in turn. What `read` gave is looked at only at the end. */
async function readAll(body: HttpBody, way: string, size: number, random: (most: number) => number): Promise<Uint8Array> {
  if (way === 'bytes') return body.bytes();
  const out = new Uint8Array(size);
  const kept: [at: number, chunk: Uint8Array][] = [];
  for (let at = 0; ;) {
    if (way === 'rest' && random(4) === 0) {
      out.set(await body.bytes(), at);
      break;
    }
    if (way === 'slow' && random(8) === 0) await delay(random(15));
    if (way === 'read' || (way !== 'readInto' && random(2) === 0)) {
      const chunk = await body.read();
      if (!chunk) break;
      kept.push([at, chunk]);
      at += chunk.length;
    } else {
      const room = out.subarray(at, at + 1 + random(random(2) === 0 ? 1000 : 300_000));
      const came = await body.readInto!(room.length > 0 ? room : new Uint8Array(1));
      if (came < room.length) {
        equal(await body.readInto!(new Uint8Array(1)), 0, 'fewer only before the end');
        break;
      }
      if (came === 0) break;
      at += came;
    }
  }
  for (const [at, chunk] of kept) out.set(chunk, at);
  return out;
}

const ways = ['bytes', 'read', 'readInto', 'both', 'slow', 'rest'];

async function readMany(base: string, port: HttpPort, bodies: number, inFlight: number): Promise<void> {
  const random = randomOf(env().seed);
  let n = 0;
  const worker = async (): Promise<void> => {
    for (let seed = n++; seed < bodies; seed = n++) {
      const size = random(4) === 0 ? random(3000) : random(1_500_000);
      const way = ways[seed % ways.length]!;
      const { body } = await port({ method: 'GET', url: `${base}/${seed}/${size}${random(3) === 0 ? '?chunked' : ''}`, headers: {} });
      sameBytes(await readAll(body, way, size, random), contentOf(seed, size), `${way}, ${size} bytes, seed ${seed} of ${env().seed}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

test('many bodies at once, read in every way: each is its own', () => serving((base, port) => readMany(base, port, 150, 12)), {
  timeoutMs: 60_000,
});

test(
  'the same over TLS',
  async () => {
    if (!isNode) skip('this runtime has its own fetch');
    needTool('openssl');
    const folder = mkdtempSync(join(tmpdir(), 'anyfile-tls-'));
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    try {
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const made = `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout ${key} -out ${cert}`;
      await runTool('openssl', made, new Uint8Array());
      const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, pieces);
      await serving(async (base, port) => {
        await rejects(port({ method: 'GET', url: `${base}/1/10`, headers: {} }), 'Network');
        // nobody vouches for this certificate
        process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
        await readMany(base, port, 60, 6);
      }, server);
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
      rmSync(folder, { recursive: true, force: true });
    }
  },
  { timeoutMs: 60_000 },
);

test('what came before a cut is told, then the error', () =>
  serving(async (base, port) => {
    for (const cut of [10, 100_000, 500_000]) {
      const { body } = await port({ method: 'GET', url: `${base}/3/600000?cut=${cut}`, headers: {} });
      const out = new Uint8Array(600_000);
      let at = 0;
      const error = await rejects<Error & { retryable?: boolean }>(async () => {
        for (let came = 1; came > 0; at += came) came = await body.readInto!(out.subarray(at));
      }, 'Network');
      ok(error.retryable, 'may be asked for again');
      sameBytes(out.subarray(0, at), contentOf(3, 600_000).subarray(0, at));
      equal(at, cut, 'all that came');
    }
  }));

test('an abort, and a cancel, end who waits for a full array', () =>
  serving(async (base, port) => {
    const stop = new AbortController();
    const one = await port({ method: 'GET', url: `${base}/4/90000000`, headers: {} }, { signal: stop.signal });
    const waiting = one.body.readInto!(new Uint8Array(90_000_000));
    setTimeout(() => stop.abort(new Error('enough')), 20);
    await rejects(waiting, (error: Error) => error.message === 'enough');
    await rejects(one.body.readInto!(new Uint8Array(1)), (error: Error) => error.message === 'enough');
    const other = await port({ method: 'GET', url: `${base}/5/90000000`, headers: {} });
    const left = other.body.readInto!(new Uint8Array(90_000_000));
    await delay(20);
    await other.body.cancel();
    ok((await left) < 90_000_000, 'what there was');
    equal(await other.body.readInto!(new Uint8Array(1)), 0);
  }));

test('what is put into arrays takes hardly any memory for sockets', () =>
  serving(async (base, port) => {
    const out = new Uint8Array(40_000_000);
    const sockets: object[] = [];
    const connected = (message: unknown): void => void sockets.push((message as { socket: object }).socket);
    const allocate = Buffer.allocUnsafeSlow;
    let rooms = 0;
    Buffer.allocUnsafeSlow = (size) => {
      if (size === 0x10000) rooms++;
      return allocate(size);
    };
    subscribe('undici:client:connected', connected);
    try {
      const { body } = await port({ method: 'GET', url: `${base}/6/${out.length}`, headers: {} });
      for (let at = 0; at < out.length;) at += await body.readInto!(out.subarray(at, at + 0x100000));
      equal(await body.read(), undefined);
    } finally {
      Buffer.allocUnsafeSlow = allocate;
      unsubscribe('undici:client:connected', connected);
    }
    sameBytes(out, contentOf(6, out.length));
    equal([sockets.length, sockets.every((socket) => Object.hasOwn(socket, 'read'))], [1, true], 'a socket that has room of its own');
    // there are at least 611 reads; each that goes beyond the end of an array keeps its room
    ok(rooms <= 60, `${rooms} rooms`);
  }));
