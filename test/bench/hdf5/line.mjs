// A way to a server on which no more than so many bits pass in a second, of all connections together.
import { createServer, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How much sooner than its turn a piece may be sent, in milliseconds: timers are late now and then, which is made up for. */
const aheadMs = 20;

/**
 * Opens one.
 *
 * @param base the server's address
 * @param megabitsPerSecond what the server can send
 * @returns the address to ask instead, which ends in a slash, and how to end it
 */
export async function openLine(base, megabitsPerSecond) {
  const { hostname, port } = new URL(base);
  const bytesPerMs = (megabitsPerSecond * 1e6) / 8 / 1000;
  const sockets = new Set();
  let freeAt = 0;
  const keep = (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    return socket.setNoDelay(true);
  };
  const server = createServer((client) => {
    const upstream = keep(connect(Number(port), hostname));
    keep(client).pipe(upstream);
    upstream.on('data', async (piece) => {
      const now = performance.now();
      freeAt = Math.max(freeAt, now - aheadMs) + piece.length / bytesPerMs;
      if (freeAt > now) {
        // So long the server has to wait.
        upstream.pause();
        await sleep(freeAt - now);
      }
      if (!client.write(piece) && !client.destroyed) await new Promise((resolve) => client.once('drain', resolve).once('close', resolve));
      upstream.resume();
    });
    upstream.once('close', () => client.end());
    client.once('close', () => upstream.destroy());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}/`,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
