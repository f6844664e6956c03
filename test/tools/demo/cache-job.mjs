// The cache at work: files read cold and again in four ways, ranges of one file, and a file edited through its local copy. Each step is a new client,
// as after a restart, and is held to what the server counted.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sameBytes = (got, want) => got instanceof Uint8Array && Buffer.compare(got, want) === 0;
const rangeCount = 16;
const rangeBytes = 4096;

/** Ranges all over a file. */
const rangesOf = ({ key, bytes: { length } }) =>
  Array.from({ length: rangeCount }, (_, i) => {
    const start = Math.floor((i * Math.max(0, length - rangeBytes)) / rangeCount);
    return { path: key, start, end: Math.min(start + rangeBytes, length) };
  });

/**
 * Runs it.
 *
 * @param anyfile the module `anyfile`
 * @param options of clients: endpoint, region, credentials
 * @param place URL of the bucket that holds the files
 * @param files of `readDataset`
 * @param serverStats asks the server for its counters
 * @returns figures, what all clients counted together, and `wrong`: one line for everything that differs
 */
export async function runCacheJob({ Client }, options, place, files, serverStats) {
  const home = mkdtempSync(join(tmpdir(), 'anyfile-cache-'));
  const total = { requests: 0, retries: 0, bytesSent: 0, bytesReceived: 0 };
  const wrong = [];
  const start = performance.now();

  /** One client's work, counted by itself and by the server. */
  async function step(name, cache, work) {
    const client = new Client({ ...options, cache: { dir: join(home, cache.folder ?? 'kept'), freshness: cache.freshness } });
    const before = serverStats().requests;
    try {
      const found = await work(client);
      const stats = client.stats();
      for (const field of Object.keys(total)) total[field] += stats[field];
      const seen = serverStats().requests - before;
      if (seen !== stats.requests) wrong.push(`${name}: the client counted ${stats.requests} requests, the server ${seen}`);
      return { requests: stats.requests, bytes: stats.bytesReceived, ...found };
    } finally {
      await client.close();
    }
  }

  const keys = files.map(({ key }) => key);
  const readAll = (name, freshness, how) =>
    step(name, { freshness }, async (client) => {
      const records = await client.files(place).get(keys, how);
      const bad = files.filter(({ bytes }, i) => !sameBytes(records[i]?.content, bytes) || !records[i].verified);
      for (const { key } of bad) wrong.push(`${name}: ${key} differs, or is not verified`);
      const { hits } = await client.cacheStats();
      return { hits, right: files.length - bad.length };
    });

  const largest = files.reduce((most, file) => (file.bytes.length > most.bytes.length ? file : most));
  const readRanges = (name, freshness) =>
    step(name, { folder: 'ranges', freshness }, async (client) => {
      const ranges = rangesOf(largest);
      const records = await client.files(place).get(ranges);
      const bad = ranges.filter((range, i) => !sameBytes(records[i]?.content, largest.bytes.subarray(range.start, range.end)));
      for (const { start, end } of bad) wrong.push(`${name}: ${largest.key} [${start}, ${end}) differs`);
      return { right: ranges.length - bad.length };
    });

  /** Appended to by two, one of whom is too late. */
  const edit = () =>
    step('edited', {}, async (client) => {
      const path = client.path(`${place}/notes/shared.txt`);
      const store = client.store(place);
      const stored = async () => (await store.get('notes/shared.txt', { cache: 'bypass' })).text();
      await path.writeText('one\n');
      const handle = await path.open('a');
      await handle.write('two\n');
      await handle.close();
      const appended = await stored();
      const late = await path.open('a');
      await late.write('mine\n');
      await store.put('notes/shared.txt', 'theirs\n');
      const refusal = await late.close().then(
        () => 'nothing: theirs was overwritten',
        (error) => error.name,
      );
      const kept = await stored();
      const read = await path.readText({ forceOverwriteFromCloud: true });
      await path.unlink();
      if (appended !== 'one\ntwo\n') wrong.push(`a file that was appended to holds ${JSON.stringify(appended)}`);
      if (refusal !== 'OverwriteNewerCloudError' || kept !== 'theirs\n' || read !== kept)
        wrong.push(`a late writer got ${refusal}, and the file holds ${JSON.stringify(kept)}, read as ${JSON.stringify(read)}`);
      return { refusal, right: Number(appended === 'one\ntwo\n') };
    });

  try {
    const cold = await readAll('read cold');
    const asked = await readAll('read again, each asked for');
    const listed = await readAll('read again by one listing', undefined, { revalidate: 'list' });
    const immutable = await readAll('read again, immutable', 'immutable');
    const ranges = await readRanges('ranges', 'immutable');
    const rangesAgain = await readRanges('ranges again', 'immutable');
    const edited = await edit();

    const limits = { cold: [cold, files.length], asked: [asked, files.length], listed: [listed, 1], immutable: [immutable, 0] };
    for (const [name, [{ requests }, most]] of Object.entries(limits))
      if (requests > most) wrong.push(`the cache made ${requests} requests instead of ${most}: ${name}`);
    for (const [name, { bytes }] of Object.entries({ asked, immutable, rangesAgain }))
      if (bytes > 0) wrong.push(`the cache fetched ${bytes} bytes of what is kept: ${name}`);
    if (rangesAgain.requests > 0) wrong.push(`ranges that are kept took ${rangesAgain.requests} requests`);
    const steps = { cold, asked, listed, immutable, ranges, rangesAgain, edited };
    const file = { name: largest.name ?? largest.key, bytes: largest.bytes.length, ranges: rangeCount, rangeBytes };
    return { steps, file, files: files.length, total, wrong, seconds: (performance.now() - start) / 1000 };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
