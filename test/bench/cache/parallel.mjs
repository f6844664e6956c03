// Ranges of one object from a server with latency, in Chromium: node test/bench/cache/parallel.mjs [rounds]
import { createServer } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { runBrowser } from '../browser.mjs';
import { median } from '../numbers.mjs';
import { workDir } from '../setup.mjs';

const latencyMs = 200;
const ranges = 16;
const blockBytes = 65_536;
const sizeBytes = 8 * ranges * blockBytes;

/** Answers ranges of zeroes, each after the latency. */
async function slowServer() {
  const server = createServer((request, response) => {
    const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'access-control-expose-headers': '*' };
    if (request.method === 'OPTIONS') return response.writeHead(204, headers).end();
    const end = Math.min(Number(last) + 1, sizeBytes);
    const answer = { ...headers, etag: '"one"', 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}`, 'content-length': end - start };
    setTimeout(() => response.writeHead(206, answer).end(Buffer.alloc(end - start)), latencyMs);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { base: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/**
 * Measures it.
 *
 * @returns one case as those of the containers: `rounds` of times by what was read
 */
export async function measureParallel({ rounds }) {
  const { base, close } = await slowServer();
  try {
    const measured = await runBrowser({
      entry: 'cache/inner/parallel.ts',
      outdir: join(workDir, 'parallel-page'),
      job: { base, sizeBytes, blockBytes, ranges, rounds },
      timeoutMs: 30_000 + rounds * 5000,
    });
    return { does: 'parallel', size: `${ranges} ranges`, rounds: measured };
  } finally {
    close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { rounds } = await measureParallel({ rounds: Number(process.argv[2] ?? 9) });
  for (const name of Object.keys(rounds[0])) console.log(name, Math.round(median(rounds.map((one) => one[name].us)) / 1000), 'ms');
  const ratios = rounds.map((one) => one[`${ranges} ranges`].us / one['one range'].us).sort((a, b) => a - b);
  console.log('ratio', ratios.map((ratio) => ratio.toFixed(2)).join(' '));
}
