import { createReadStream as readFile, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createReadStream, type ReadStreamOptions } from '../../src/adapters/node-stream.ts';
import { Client } from '../../src/client.ts';
import { need, uniqueName } from '../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';

const bytes = new Uint8Array(300_001).map((_, i) => i * 7 + (i >> 9));

async function gatherOf(stream: AsyncIterable<unknown>): Promise<{ bytes: Uint8Array; sizes: number[] }> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return { bytes: Buffer.concat(chunks), sizes: chunks.map(({ length }) => length) };
}

async function bucket(): Promise<{ client: Client; url: string }> {
  const { endpoint, bucket: name, region, accessKeyId, secretAccessKey } = need('versitygw');
  const client = new Client({ credentials: { accessKeyId, secretAccessKey }, region });
  const url = `s3://${endpoint}/${name}/${uniqueName('stream')}`;
  await client.files(url).put('a.bin', bytes);
  return { client, url: `${url}/a.bin` };
}

test('the same bytes as fs.createReadStream, for each start, end and highWaterMark', async () => {
  const { client, url } = await bucket();
  const dir = mkdtempSync(join(tmpdir(), 'anyfile-stream-'));
  const path = join(dir, 'a.bin');
  writeFileSync(path, bytes);
  try {
    const table: ReadStreamOptions[] = [
      {},
      { start: 5 },
      { start: 5, end: 5 },
      { end: 299_999, highWaterMark: 10_000 },
      { start: 299_999, end: 1e9 },
      { start: 7, end: Infinity },
      { end: Infinity },
    ];
    for (const options of table) {
      const want = await gatherOf(readFile(path, options as object));
      const got = await gatherOf(createReadStream(url, { client, ...options }));
      sameBytes(got.bytes, want.bytes, JSON.stringify(options));
      ok(
        got.sizes.every((size) => size <= (options.highWaterMark ?? 65_536)),
        'no larger chunks',
      );
    }
    const whole = createReadStream(path);
    sameBytes((await gatherOf(whole)).bytes, bytes, 'of a disk');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  await client.close();
});

test('it pipes, waits for who is slow, and gives text', async () => {
  const { client, url } = await bucket();
  const got: Buffer[] = [];
  const slow = new Writable({
    highWaterMark: 1000,
    write(chunk: Buffer, _, done) {
      got.push(chunk);
      setImmediate(done);
    },
  });
  await pipeline(createReadStream(url, { client, highWaterMark: 4096 }), slow);
  sameBytes(Buffer.concat(got), bytes);
  const through = createReadStream(url, { client, end: 9 }).pipe(new PassThrough());
  sameBytes((await gatherOf(through)).bytes, bytes.subarray(0, 10));
  let text = '';
  for await (const piece of createReadStream(url, { client, end: 3, encoding: 'hex' })) text += String(piece);
  equal(text, Buffer.from(bytes.subarray(0, 4)).toString('hex'));
  await client.close();
});

test('nothing is sent until it is read, and nothing is left when it is destroyed or aborted', async () => {
  const { client, url } = await bucket();
  const before = client.stats().requests;
  const idle = createReadStream(url, { client });
  await new Promise((resolve) => setImmediate(resolve));
  idle.destroy();
  equal(client.stats().requests, before);
  const cut = createReadStream(url, { client, highWaterMark: 1000 });
  for await (const chunk of cut) {
    ok(chunk.length > 0, 'bytes');
    break;
  }
  ok(cut.destroyed, 'the stream is destroyed');
  const reason = new Error('enough');
  const controller = new AbortController();
  const aborted = createReadStream(url, { client, signal: controller.signal, highWaterMark: 1000 });
  await rejects(
    (async () => {
      for await (const chunk of aborted) if (chunk.length) controller.abort(reason);
    })(),
    (error) => error === reason,
  );
  await rejects(gatherOf(createReadStream(url, { client, signal: AbortSignal.abort(reason) })), (error) => error === reason);
  await client.close();
});

test('errors are events, and bad input is thrown', async () => {
  const { client, url } = await bucket();
  await rejects(gatherOf(createReadStream(`${url}.not`, { client })), 'NotFound');
  await rejects(gatherOf(createReadStream(url, { client, start: 400_000 })), 'RangeNotSatisfiable');
  const missing = createReadStream(`${url}.not`, { client }) as unknown as Readable;
  equal(
    await new Promise((resolve) => void missing.once('error', (error: Error & { code: string }) => resolve(error.code)).resume()),
    'NotFound',
  );
  for (const options of [
    { start: -1 },
    { start: 5, end: 4 },
    { start: 0.5 },
    { start: Infinity },
    { end: NaN },
    { end: -Infinity },
    { highWaterMark: 0 },
  ])
    await rejects(() => createReadStream(url, { client, ...options }), 'InvalidArgument');
  await rejects(() => createReadStream('s3://bucket/', { client }), 'InvalidUrl');
  await client.close();
});
