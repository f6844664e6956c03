// Browsers lock their HTTP cache while one request for a URL is under way, and open six connections to a host: ranges of one object must get them all.
import { openReader } from '../../src/cache/blocks/reader.ts';
import { Client } from '../../src/index.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';
import { pattern, withScenario, type LogEntry } from '../servers/fixture/client.ts';

const BLOCK = 0x10000;
const RANGES = 16;
const LATENCY_MS = 200;

/** How many rounds of latency the server saw: a request begins another when all of the last one were due. */
function roundsOf(requests: readonly LogEntry[]): number {
  let due = -Infinity;
  let rounds = 0;
  for (const at of requests.map((request) => request.at).sort((a, b) => a - b)) {
    if (at < due) continue;
    rounds++;
    due = at + LATENCY_MS;
  }
  return rounds;
}

test('16 ranges of one object from a server with 200 ms latency take three rounds of six connections', async () => {
  const sizeBytes = 4 * RANGES * BLOCK;
  const bytes = pattern(sizeBytes);
  const faults = [{ match: { method: 'GET' }, fault: { type: 'delayMs' as const, ms: LATENCY_MS } }];
  await withScenario('http', { files: { '/a.bin': { pattern: { sizeBytes } } }, faults }, async (web) => {
    const client = new Client({});
    const seen: number[] = [];
    // a machine that stands still for a moment makes more rounds: then once more
    for (let i = 0; i < 3 && !(seen.at(-1)! <= 3); i++) {
      const reader = await openReader(client.store(web.endpoint), 'a.bin', { blockBytes: BLOCK });
      await web.update({ clearLog: true });
      const spans = Array.from({ length: RANGES }, (_, n) => ({ start: (4 * n + 2) * BLOCK, end: (4 * n + 2) * BLOCK + 100 }));
      const got = await reader.read(spans);
      for (const [n, { start, end }] of spans.entries()) sameBytes(got[n], bytes.subarray(start, end));
      const { requests } = await web.log();
      const reads = requests.filter(({ method }) => method === 'GET');
      equal([reads.length, reader.stats().requests, reader.stats().rounds], [RANGES, RANGES + 1, 2]);
      seen.push(roundsOf(reads));
      await reader.close();
    }
    await client.close();
    ok(seen.at(-1)! <= 3, `three rounds, not ${seen.join(', ')}`);
  });
});
