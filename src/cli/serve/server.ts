/**
 * An S3 endpoint over a folder, on node:http.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as NodeStream } from 'node:stream/web';
import { corsHeaders, preflight } from './cors.ts';
import { asS3Error, errorBody } from './errors.ts';
import type { Reply } from './reply.ts';
import { readRequest, type S3Request } from './request.ts';
import { answer, type ServiceInit } from './service.ts';
import { createShelf } from './shelf.ts';
import { createVerify, type Account } from './verify.ts';

/** One request, when it is over. */
export interface Served {
  method: string;
  /** Without a query. */
  path: string;
  status: number;
  /** S3's code of a refusal. */
  code?: string | undefined;
  durationMs: number;
}

/** Options of {@link startServer}. */
export interface ServerOptions {
  /** Absolute path of the folder, which must be there. */
  folder: string;
  bucket: string;
  account: Account;
  region: string;
  /** Where to listen. */
  host: string;
  /** 0 finds a free one. */
  port: number;
  /** Origins of pages that may read the answers; `*` for all. @default none */
  origins?: readonly string[] | undefined;
  /** @default false */
  readOnly?: boolean | undefined;
  /** ms since the epoch. @default Date.now */
  clock?: (() => number) | undefined;
  onServed?: ((served: Served) => void) | undefined;
}

/** A server that listens. */
export interface RunningServer {
  /** e.g. `http://127.0.0.1:9000` */
  endpoint: string;
  /** Ends all connections. */
  close(): Promise<void>;
}

async function send(outgoing: ServerResponse, request: S3Request, reply: Reply, signal: AbortSignal): Promise<void> {
  const { status, headers, body } = reply;
  const bare = request.method === 'HEAD' || status === 204 || status === 304;
  if (typeof body === 'string' || body === undefined) {
    const bytes = Buffer.from(body ?? '');
    outgoing.writeHead(status, bare ? headers : { ...headers, 'content-length': String(bytes.length) });
    outgoing.end(bare ? undefined : bytes);
    return;
  }
  outgoing.writeHead(status, headers);
  await pipeline(Readable.fromWeb(body as NodeStream<Uint8Array>), outgoing, { signal });
}

/**
 * Start to listen.
 *
 * @returns rejects with the error of node:net, e.g. `EADDRINUSE`
 * @example const { endpoint, close } = await startServer({ folder, bucket: 'data', account, region: 'us-east-1', host: '127.0.0.1', port: 0 });
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { folder, bucket, account, region, host, port, origins = [], readOnly = false, clock = Date.now, onServed } = options;
  const shelf = createShelf(folder, readOnly);
  const service: ServiceInit = { shelf, bucket, region, origins, readOnly, verify: createVerify(account, region, clock) };

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const start = performance.now();
    const gone = new AbortController();
    outgoing.once('close', () => gone.abort());
    const requestId = randomBytes(8).toString('hex').toUpperCase();
    const common = { 'x-amz-request-id': requestId, server: 'anyfile' };
    let request: S3Request | undefined;
    let code: string | undefined;
    let status = 500;
    try {
      let reply: Reply;
      try {
        request = readRequest(incoming);
        reply = request.method === 'OPTIONS' ? preflight(origins, request) : await answer(request, service);
      } catch (error) {
        const known = asS3Error(error);
        code = known.code;
        reply = {
          status: known.status,
          headers: { 'content-type': 'application/xml', ...known.headers },
          body: errorBody(known, request?.path ?? '/', requestId),
        };
      }
      request ??= { method: incoming.method ?? 'GET', headers: {}, path: '/' } as S3Request;
      status = reply.status;
      const headers = { ...common, ...reply.headers };
      const cors = request.method === 'OPTIONS' ? {} : corsHeaders(origins, request, headers);
      // what was not read would stand in front of the next request
      incoming.resume();
      await send(outgoing, request, { ...reply, headers: { ...headers, ...cors } }, gone.signal);
    } catch {
      // the client left, or the file broke off: it sees fewer bytes than were promised
      outgoing.destroy();
    } finally {
      onServed?.({ method: incoming.method ?? '', path: request?.path ?? '', status, code, durationMs: performance.now() - start });
    }
  }

  const server = createServer({ maxHeaderSize: 64 * 1024, requestTimeout: 0, keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
    void serve(incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = server.address() as AddressInfo;
  return {
    endpoint: `http://${host.includes(':') ? `[${host}]` : host}:${bound.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
