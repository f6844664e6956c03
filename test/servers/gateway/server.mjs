/**
 * A small S3 server in memory, for local development and tests only. It really verifies AWS signature version 4: by header
 * and query, payload hashes, signed chunks and trailers, session tokens, dates.
 *
 * @module
 */
import { createServer } from 'node:http';
import { SERVER_OPTIONS, readRequest, sendReply } from './http.mjs';
import { createService } from './service.mjs';

/**
 * Starts it.
 *
 * @param {object} options
 * @param {{ accessKeyId: string, secretAccessKey: string, sessionToken?: string }[]} options.accounts who may do everything
 * @param {number} [options.port] 0 finds a free one
 * @param {string} [options.host]
 * @param {string} [options.region] the only one that a signature may name
 * @param {boolean} [options.cors] let pages of every origin read and write
 * @param {string[]} [options.buckets] made at start
 * @param {() => number} [options.clock] ms since the epoch
 * @returns {Promise<{ endpoint: string, port: number, stats(): Stats, close(): Promise<void> }>}
 *
 * @typedef {{ requests: number, preflights: number, refused: number, connections: number, bytesReceived: number, bytesSent: number,
 *   byOperation: Record<string, number>, buckets: number, objects: number }} Stats `refused`: wrong signatures
 */
export async function startGateway({
  accounts,
  port = 0,
  host = '127.0.0.1',
  region = 'us-east-1',
  cors = true,
  buckets = [],
  clock = Date.now,
  ...rest
}) {
  const service = createService({ accounts, region, cors, ...rest });
  for (const name of buckets) service.addBucket(name);
  const counts = { requests: 0, preflights: 0, refused: 0, connections: 0, bytesReceived: 0, bytesSent: 0, byOperation: {} };

  const server = createServer(SERVER_OPTIONS, async (incoming, outgoing) => {
    try {
      const request = await readRequest(incoming);
      const now = clock();
      const checked = service.check(request, now);
      const reply = service.finish(request, service.answer(request, now, checked), { now, bucketName: checked.bucketName });
      counts[request.method === 'OPTIONS' ? 'preflights' : 'requests']++;
      if (checked.error && checked.auth.kind === 'refused') counts.refused++;
      counts.byOperation[checked.operation] = (counts.byOperation[checked.operation] ?? 0) + 1;
      counts.bytesReceived += request.body.length;
      if (request.method !== 'HEAD') counts.bytesSent += reply.body?.length ?? 0;
      sendReply(outgoing, request.method, reply);
    } catch (error) {
      if (!incoming.destroyed || incoming.complete) console.error('gateway:', error);
      outgoing.destroy();
    }
  });
  server.on('connection', () => counts.connections++);
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const bound = server.address().port;
  return {
    endpoint: `http://${host}:${bound}`,
    port: bound,
    stats: () => ({
      ...counts,
      byOperation: { ...counts.byOperation },
      buckets: service.buckets.size,
      objects: [...service.buckets.values()].reduce((sum, bucket) => sum + bucket.size, 0),
    }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
