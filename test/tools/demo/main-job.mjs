// The main job: put, list, read ranges, read all, compare, a dataset, the cache, an HDF5 file, files in bulk, and clients in a thread and without a key. The client is the built package, imported by its name as
// users do.
import { runApartJob } from './apart-job.mjs';
import { runCacheJob } from './cache-job.mjs';
import { runCampaign } from './campaign.mjs';
import { runHdf5Job } from './hdf5-job.mjs';
import { runTransferJob } from './transfer-job.mjs';

const sum = (values) => values.reduce((total, value) => total + value, 0);
const sameBytes = (got, want) => got instanceof Uint8Array && Buffer.compare(got, want) === 0;

/** What a file may be packed by. */
const encodings = ['gzip', 'br', 'zstd', 'bz2', 'xz'];
/** The file that is packed is the largest up to this: xz takes its time. */
const sampleBytes = 200_000;

/** A start, a middle and an end of each file. */
function rangesOf({ key, bytes: { length } }) {
  const middle = Math.floor(length / 2);
  return [
    { path: key, start: 0, end: Math.min(16, length) },
    { path: key, start: middle, end: Math.min(middle + 1000, length) },
    { path: key, start: Math.max(0, length - 100), end: length },
  ];
}

/**
 * Runs it against an S3 endpoint.
 *
 * @param modules the modules `anyfile` and `anyfile/hdf5`
 * @param server endpoint, region, bucket, accessKeyId, secretAccessKey, and `stats()` of the gateway
 * @param files of {@link readDataset}
 * @returns figures of each step, and `wrong`: one line for everything that differs
 */
export async function runMainJob(modules, server, files) {
  const { anyfile } = modules;
  const { Client, isCloudError } = anyfile;
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = server;
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const client = new Client(options);
  const byKey = new Map(files.map((file) => [file.key, file]));
  const keys = [...byKey.keys()];
  const wrong = [];
  const steps = {};
  const complain = (what, list) => wrong.push(...list.map((item) => `${what}: ${item}`));

  /** Runs one step; its requests, bytes and time are differences of the client's own counters. */
  async function step(name, work) {
    const before = client.stats();
    const start = performance.now();
    const found = await work();
    const after = client.stats();
    const count = (field) => after[field] - before[field];
    const counted = {
      requests: count('requests'),
      retries: count('retries'),
      bytesSent: count('bytesSent'),
      bytesReceived: count('bytesReceived'),
    };
    steps[name] = { ...counted, seconds: (performance.now() - start) / 1000, ...found };
  }

  try {
    const place = `s3://${bucket}`;
    const cf = client.files(place);

    await step('put', async () => {
      const items = files.map(({ key, bytes, contentType }) => ({ path: key, content: bytes, contentType }));
      return { files: await cf.puts(items) };
    });

    await step('list', async () => {
      const listed = new Map();
      for await (const { objects } of client.store(place).list()) for (const { key, sizeBytes } of objects) listed.set(key, sizeBytes);
      const right = keys.filter((key) => listed.get(key) === byKey.get(key).bytes.length);
      complain(
        'not listed, or with another size',
        keys.filter((key) => !right.includes(key)),
      );
      complain(
        'listed, but never put',
        [...listed.keys()].filter((key) => !byKey.has(key)),
      );
      return { files: listed.size, right: right.length };
    });

    await step('ranges', async () => {
      const ranges = files.flatMap(rangesOf);
      const records = await cf.get(ranges);
      const differs = ranges.filter(
        ({ path, start, end }, i) => !sameBytes(records[i]?.content, byKey.get(path).bytes.subarray(start, end)),
      );
      complain(
        'a range differs',
        differs.map(({ path, start, end }) => `${path} [${start}, ${end})`),
      );
      return { ranges: ranges.length, right: ranges.length - differs.length };
    });

    await step('read', async () => {
      const records = await cf.get(keys);
      const right = records.filter(({ path, content }) => sameBytes(content, byKey.get(path).bytes));
      const verified = records.filter((record) => record.verified);
      complain(
        'bytes differ',
        keys.filter((key) => !right.some(({ path }) => path === key)),
      );
      complain(
        'not verified',
        keys.filter((key) => !verified.some(({ path }) => path === key)),
      );
      return {
        files: records.length,
        bytes: sum(records.map(({ content }) => content?.length ?? 0)),
        right: right.length,
        verified: verified.length,
      };
    });

    await step('codecs', async () => {
      const bySize = files.toSorted((a, b) => a.bytes.length - b.bytes.length);
      const sample = bySize.findLast(({ bytes }) => bytes.length <= sampleBytes) ?? bySize[0];
      const { name, bytes } = sample;
      const sizes = {};
      let right = 0;
      for (const compress of encodings) {
        const path = `packed/${compress}/${name}`;
        await cf.put(path, bytes, { compress });
        const [record] = await cf.get([path]);
        sizes[compress] = (await cf.get(path, { raw: true })).length;
        if (sameBytes(record.content, bytes) && record.verified && record.compress === compress && sizes[compress] < bytes.length) right++;
        else wrong.push(`packed by ${compress} and read back: ${path} differs`);
      }
      return { name, bytes: bytes.length, sizes, right };
    });

    await step('dataset', async () => {
      const { wrong: differs, ...found } = await runCampaign(anyfile, client, `${place}/campaign`);
      wrong.push(...differs);
      return { campaign: found };
    });
  } finally {
    await client.close();
  }

  const cache = await runCacheJob(anyfile, options, `s3://${bucket}`, files, server.stats);
  wrong.push(...cache.wrong);
  const hdf5 = await runHdf5Job(modules, options, `s3://${bucket}`, server.stats);
  wrong.push(...hdf5.wrong);
  const transfer = await runTransferJob(anyfile, options, `s3://${bucket}`, server.stats);
  wrong.push(...transfer.wrong);
  const folder = files[0].key.replace(/[^/]*$/, '');
  const apart = await runApartJob(
    anyfile,
    options,
    `s3://${bucket}`,
    files.filter(({ key }) => key.startsWith(folder)),
  );
  wrong.push(...apart.wrong);

  // The endpoint must not take just anybody's word: the same read with another secret is refused.
  const stranger = new Client({ ...options, credentials: { accessKeyId, secretAccessKey: `${secretAccessKey}x` } });
  let refusal = 'nothing: it was let in';
  try {
    await stranger.files(`s3://${bucket}`).get(keys[0]);
  } catch (error) {
    refusal = isCloudError(error) ? error.code : String(error);
  }
  const strangerStats = stranger.stats();
  await stranger.close();
  if (refusal !== 'SignatureMismatch') wrong.push(`a wrong secret got ${refusal}`);

  const total = client.stats();
  for (const field of ['requests', 'retries', 'bytesSent', 'bytesReceived'])
    total[field] += strangerStats[field] + cache.total[field] + hdf5.total[field] + transfer.total[field] + apart.total[field];
  const gateway = server.stats();
  if (gateway.requests !== total.requests - transfer.unsent)
    wrong.push(`the client counted ${total.requests} requests, the server ${gateway.requests}`);
  return {
    steps,
    cache,
    hdf5,
    transfer,
    apart,
    refusal,
    total,
    gateway,
    wrong,
    files: files.length,
    bytes: sum(files.map(({ bytes }) => bytes.length)),
  };
}
