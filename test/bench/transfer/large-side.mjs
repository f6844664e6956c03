// One large upload in this process: node large-side.mjs JOB, with the job as JSON; one line of JSON comes out.
import { createReadStream, openAsBlob, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const { side, dist, packages, endpoint, bucket, key, path, partBytes, partsInFlight } = JSON.parse(process.argv[2]);
const credentials = { accessKeyId: 'benchkey', secretAccessKey: 'benchsecret' };

/** The most memory of this program. What `resourceUsage` tells is at least that of the process which started it, on Linux. */
function ownPeakMiB() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS / 1024;
  return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
}

/**
 * From here on the peak counts. Each side has sent a byte before: at its first answer V8 optimizes undici's parser, for which it takes some 30 MiB for a
 * moment whoever sends and whatever is sent.
 */
async function settle() {
  await sleep(500);
  if (process.platform === 'linux') writeFileSync('/proc/self/clear_refs', '5');
}

/** Each imports what it needs, sends a byte, and gives what is timed. */
const sides = {
  async anyfile() {
    const { Client, openStore, uploadFile } = await import(pathToFileURL(join(dist, 'node/index.js')).href);
    const client = new Client({ endpoint, region: 'us-east-1', credentials });
    const store = openStore(`s3://${bucket}`, { client });
    await openStore(`s3://${bucket}-warm`, { client }).put('a', new Uint8Array(1));
    return async () => {
      await uploadFile(store, key, path, { partBytes, concurrency: partsInFlight }).done;
      await client.close();
    };
  },
  async 'lib-storage'() {
    const { load } = await import(pathToFileURL(join(packages, 'load.mjs')).href);
    const { S3Client } = await load('@aws-sdk/client-s3');
    const { Upload } = await load('@aws-sdk/lib-storage');
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
    const params = { Bucket: bucket, Key: key };
    await new Upload({ client, params: { ...params, Bucket: `${bucket}-warm`, Body: new Uint8Array(1) } }).done();
    return () =>
      new Upload({ client, params: { ...params, Body: createReadStream(path) }, partSize: partBytes, queueSize: partsInFlight }).done();
  },
  async 'plain PUT'() {
    const body = await openAsBlob(path);
    await (await fetch(`${endpoint}/${bucket}-warm/a`, { method: 'PUT', body: new Uint8Array(1) })).text();
    return async () => {
      const response = await fetch(`${endpoint}/${bucket}/${key}`, { method: 'PUT', body });
      if (!response.ok) throw new Error(`PUT: ${response.status}`);
      await response.text();
    };
  },
};

try {
  const upload = await sides[side]();
  await settle();
  const startMiB = process.memoryUsage.rss() / 2 ** 20;
  const cpu = process.cpuUsage();
  const start = performance.now();
  await upload();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const peakMiB = ownPeakMiB();
  process.stdout.write(`${JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, peakMiB, grownMiB: peakMiB - startMiB })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: String(error?.message ?? error).slice(0, 300) })}\n`);
}
process.exit();
