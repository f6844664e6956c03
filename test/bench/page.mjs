// Runs in the browser: reads of 4 KiB, each of a key of its own, by several peers in turn.
import { openStore } from 'anyfile';
import { AwsClient } from 'aws4fetch';
import { drain } from './drain.mjs';

const noStore = { cache: 'no-store' };

async function pool(n, inFlight, one) {
  let i = 0;
  const worker = async () => {
    while (i < n) await one(i++);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

async function bytesOf(response) {
  if (!response.ok) throw new Error(`${response.status} for ${response.url}`);
  return (await response.arrayBuffer()).byteLength;
}

function makePeers({ endpoint, bucket, region, credentials }) {
  const store = openStore(`s3://${bucket}`, { endpoint, region, credentials });
  const client = new AwsClient({ ...credentials, region, service: 's3', retries: 0 });
  const url = (key) => `${endpoint}/${bucket}/${key}`;
  const read = (options) => async (key) => (await (await store.get(key, options)).bytes()).length;
  return {
    fetch: async (key) => bytesOf(await fetch(url(key), noStore)),
    anyfile: read({}),
    'anyfile, not verified': read({ verify: false }),
    aws4fetch: async (key) => bytesOf(await client.fetch(url(key), noStore)),
  };
}

/** One large object, by several peers in turn. */
async function measureLarge(job) {
  const { endpoint, bucket, region, credentials } = job;
  const store = openStore(`s3://${bucket}`, { endpoint, region, credentials });
  const read = async (verify) => {
    const result = await store.get('big/crc32c', { verify });
    const bytes = await drain(result.stream());
    if (result.verified !== verify) throw new Error(`verified: ${result.verified}`);
    return bytes;
  };
  const peers = {
    fetch: async () => drain((await fetch(`${endpoint}/${bucket}/big/crc32c`, noStore)).body),
    'anyfile, not verified': () => read(false),
    'anyfile, crc32c': () => read(true),
  };
  const rounds = [];
  // Round -1 warms up.
  for (let round = -1; round < job.rounds; round++) {
    const results = {};
    for (const [name, run] of Object.entries(peers)) {
      const start = performance.now();
      const bytes = await run();
      const seconds = (performance.now() - start) / 1000;
      if (bytes !== job.bigBytes) throw new Error(`${bytes} bytes by ${name}`);
      results[name] = { rate: bytes / 1e6 / seconds, seconds, preflights: 0, n: 1 };
    }
    if (round >= 0) rounds.push(results);
  }
  return rounds;
}

async function measure(job) {
  const peers = Object.entries(makePeers(job));
  const preflights = async () => (await (await fetch(`${job.endpoint}/__stats`, noStore)).json()).preflights;
  const rounds = [];
  // Round -1 warms up.
  for (let round = -1; round < job.rounds; round++) {
    const results = {};
    for (const [name, read] of peers) {
      const n = round < 0 ? job.warm : job.n;
      const before = await preflights();
      const start = performance.now();
      await pool(n, job.inFlight, async (i) => {
        const length = await read(`small/${encodeURIComponent(name)}-${round}-${i}`);
        if (length !== job.sizeBytes) throw new Error(`${length} bytes by ${name}`);
      });
      const seconds = (performance.now() - start) / 1000;
      results[name] = { rate: n / seconds, seconds, preflights: (await preflights()) - before, n };
    }
    if (round >= 0) rounds.push(results);
  }
  return rounds;
}

const report = async (body) => void (await fetch('/result', { method: 'POST', body: JSON.stringify(body) }));
try {
  const job = await (await fetch('/job.json')).json();
  await report({ rounds: await (job.large ? measureLarge(job) : measure(job)) });
} catch (error) {
  await report({ error: String(error?.stack ?? error) });
}
