// A folder over HTTP, readable by pages of every origin; a path that ends in a slash lists names, one a line.
import { createServer } from 'node:http';
import { readFile, readdir } from 'node:fs/promises';
import { join, normalize } from 'node:path';

/**
 * Serves a folder on a free loopback port.
 *
 * @returns its address, which ends in a slash, and how to stop it
 */
export async function serveFiles(dir) {
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    try {
      const path = normalize(decodeURIComponent(new URL(request.url, 'http://x').pathname));
      if (path.includes('\0')) throw new Error('a NUL');
      const body = path.endsWith('/') ? (await readdir(join(dir, path))).sort().join('\n') : await readFile(join(dir, path));
      response.setHeader('content-type', 'text/plain; charset=utf-8');
      response.end(body);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    base: `http://127.0.0.1:${server.address().port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
