// npm run bench -- cache: many files that are kept already, beside cloudpathlib on the same server.
// By itself: node test/bench/cache/warm.mjs [rounds]
import { randomFillSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { installServers } from '../../servers/install.mjs';
import { starters } from '../../servers/starters.mjs';
import { servers } from '../../servers/versions.mjs';
import { root } from '../../tools/bundle.mjs';
import { nodeBuild } from '../../tools/node-build.mjs';
import { cacheDir } from '../../tools/cache.mjs';
import { installPython } from '../../tools/python.mjs';
import { startPeer } from '../dataset/peer.mjs';
import { workDir } from '../setup.mjs';

const FILES = 500;
const SIZE_BYTES = 0x10000;
const version = '0.24.0';
const does = `${FILES} warm files`;
const size = '64 KiB';

/** Goals: the time of `of` by that of `by` is to be at least this. */
export const warmGoals = [
  { does, size, of: 'cloudpathlib', by: 'revalidated each', atLeast: 8 },
  { does, size, of: 'cloudpathlib', by: 'by one listing', atLeast: 25 },
];

async function bundle() {
  const outdir = join(workDir, 'inner-warm');
  const { build } = await import('esbuild');
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  await build({
    ...nodeBuild,
    entryPoints: [join(root, 'test/bench/cache/inner/warm.ts')],
    outdir,
    splitting: true,
  });
  return import(pathToFileURL(join(outdir, 'warm.js')).href);
}

async function python() {
  const dir = join(cacheDir(), `cloudpathlib-${version}`);
  if (!existsSync(join(dir, '.ready'))) await installPython(dir, `cloudpathlib[s3]==${version}`);
  return join(dir, 'bin', 'python');
}

/** How ours reads them: from disk every time, as the others do. */
const ways = {
  'revalidated each': { freshness: 'revalidate' },
  'by one listing': { freshness: 'revalidate', options: { revalidate: 'list' } },
  immutable: { freshness: 'immutable' },
};

/**
 * Measures reading warm files: of 64 KiB each, random, all of them on disk, in turn with cloudpathlib, which reads one after the other.
 *
 * @returns what was measured, as the other cases of this part: `us` is of one file
 */
export async function runWarm({ rounds, log = () => {} }) {
  const failures = await installServers({ names: ['versitygw'] });
  if (failures.versitygw) throw new Error(`versitygw: ${failures.versitygw}`);
  const temp = mkdtempSync(join(tmpdir(), 'anyfile-bench-'));
  const server = await starters.versitygw(servers.versitygw, temp);
  const peer = await startPeer(await python(), [fileURLToPath(new URL('warm_side.py', import.meta.url))], { PYTHONWARNINGS: 'ignore' });
  const clients = [];
  try {
    const { Client } = await bundle();
    const { endpoint, region, bucket, accessKeyId, secretAccessKey } = server.info;
    const connection = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
    const names = Array.from({ length: FILES }, (_, i) => `warm/${String(i).padStart(5, '0')}.bin`);
    const plain = new Client(connection);
    clients.push(plain);
    const where = `s3://${bucket}`;
    await plain.files(where).puts(names.map((name) => [name, randomFillSync(new Uint8Array(SIZE_BYTES))]));
    const opened = {};
    for (const [name, { freshness }] of Object.entries(ways)) {
      const client = new Client({ ...connection, cache: { dir: join(temp, 'ours'), freshness, memoryBytes: 0 } });
      clients.push(client);
      opened[name] = client;
    }
    const urls = names.map((name) => `${where}/${name}`);
    await peer.ask({ do: 'prepare', endpoint, region, accessKeyId, secretAccessKey, dir: join(temp, 'theirs') });
    const read = async (name) => {
      const start = performance.now();
      const records = await opened[name].files(where).get(names, ways[name].options);
      const ms = performance.now() - start;
      if (records.some(({ content }) => content?.length !== SIZE_BYTES)) throw new Error(`${name}: a file is missing`);
      return ms;
    };
    const ask = async (threads) => {
      const { seconds, bytes } = await peer.ask({ do: 'read', urls, threads });
      if (bytes !== FILES * SIZE_BYTES) throw new Error('cloudpathlib: a file is missing');
      return seconds * 1000;
    };
    const sides = {
      cloudpathlib: () => ask(0),
      'cloudpathlib, 16 threads': () => ask(16),
      ...Object.fromEntries(Object.keys(ways).map((name) => [name, () => read(name)])),
    };
    const results = [];
    const requests = {};
    // the first round fills all caches, the second warms up
    for (let round = -2; round < rounds; round++) {
      const result = {};
      const all = Object.keys(sides);
      for (let i = 0; i < all.length; i++) {
        const name = all[(i + round + 2) % all.length];
        const before = opened[name]?.stats().requests;
        const ms = await sides[name]();
        result[name] = { rate: FILES / (ms / 1000), us: (ms * 1000) / FILES };
        if (opened[name]) requests[name] = opened[name].stats().requests - before;
      }
      if (round >= 0) results.push(result);
      log(
        `warm ${round}: ${Object.entries(result)
          .map(([name, { us }]) => `${name} ${us.toFixed(0)} µs`)
          .join(', ')}`,
      );
    }
    log(`requests: ${JSON.stringify(requests)}`);
    return [{ does, size, rounds: results }];
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    await peer.end();
    await server.stop();
    rmSync(temp, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { median, resultsOf } = await import('../numbers.mjs');
  const [{ rounds }] = await runWarm({ rounds: Number(process.argv[2] ?? 5), log: console.log });
  for (const { of, by, atLeast } of warmGoals) {
    const ratio = median(rounds.map((round) => round[of].us / round[by].us));
    console.log(
      `${of} / ${by}: ${ratio.toFixed(1)}, wanted ≥ ${atLeast}; ${median(resultsOf(rounds, by).map(({ us }) => us)).toFixed(0)} µs a file`,
    );
  }
}
