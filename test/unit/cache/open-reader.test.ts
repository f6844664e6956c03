/** Readers of ranges by URL: what the client's cache says holds for them, and they find what is kept. */
import { Client, openReader } from '../../../src/index.ts';
import { noise } from '../../conformance/noise.ts';
import { need, uniqueName } from '../../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../../harness.ts';
import { openScenario } from '../../servers/fixture/client.ts';

const BLOCK = 0x4000;
const bytes = noise(5 * BLOCK + 7);

test('a reader by URL: one request tells size and version, a name that is missing is NotFound', async () => {
  const client = new Client();
  const name = uniqueName('reader');
  await client.store(`mem://${name}`).put('folder/a', bytes);
  const reader = await openReader(`mem://${name}/folder/a`, { client, blockBytes: BLOCK });
  equal([reader.byteLength, reader.stats().requests], [bytes.length, 1]);
  const [tail] = await reader.read([{ start: 3 * BLOCK + 5, end: bytes.length }]);
  sameBytes(tail, bytes.subarray(3 * BLOCK + 5));
  await rejects(openReader(`mem://${name}/folder/none`, { client }), 'NotFound');
  await rejects(openReader(`mem://${name}/folder/`, { client }), 'InvalidUrl');
  await reader.close();
});

test("a reader by URL: blocks come from the client's cache, in the client's sizes", async () => {
  need('fixture');
  const scenario = await openScenario('s3', {});
  const { endpoint, bucket, region, credentials } = scenario;
  const client = new Client({
    endpoint,
    region,
    credentials,
    cache: { container: 'memory', mode: 'tmp_dir', freshness: 'immutable', blockBytes: BLOCK },
  });
  try {
    await client.store(`s3://${bucket}`).put('a.bin', bytes);
    const url = `s3://${bucket}/a.bin`;
    const read = async (start: number, end: number): Promise<number> => {
      const before = client.stats().requests;
      const reader = await openReader(url, { client });
      const [got] = await reader.read([{ start, end }]);
      sameBytes(got, bytes.subarray(start, end));
      await reader.close();
      return client.stats().requests - before;
    };
    equal(await read(2 * BLOCK, 2 * BLOCK + 9), 2, 'the first block, and the one that is read');
    equal(await read(2 * BLOCK + 100, 3 * BLOCK), 0, 'both are kept');
    equal(await read(3 * BLOCK, bytes.length), 1, 'what is missing');
  } finally {
    await client.close();
    await scenario.close();
  }
});

test('a reader by URL: another version is ObjectChanged, or a new beginning by option of the cache', async () => {
  for (const onChange of ['error', 'restart'] as const) {
    const client = new Client({ cache: { mode: 'off', onChange } });
    const name = uniqueName('changes');
    const store = client.store(`mem://${name}`);
    await store.put('a', bytes);
    const reader = await openReader(`mem://${name}/a`, { client, blockBytes: BLOCK });
    const other = noise(bytes.length + 1).map((byte) => byte ^ 1);
    await store.put('a', other);
    const reading = reader.read([{ start: 2 * BLOCK, end: 3 * BLOCK }]);
    if (onChange === 'error') await rejects(reading, 'ObjectChanged');
    else sameBytes((await reading)[0], other.subarray(2 * BLOCK, 3 * BLOCK));
    await reader.close();
  }
});

test('a reader by URL: what opens a web object is in no error', async () => {
  need('fixture');
  const scenario = await openScenario('http', { files: { '/a': { text: 'x' } } });
  try {
    const url = `${scenario.endpoint}/none.bin?X-Amz-Signature=f00d&access_token=cafe`;
    const error = await rejects(openReader(url, { concurrency: 4 }), 'NotFound');
    ok(!/f00d|cafe/.test(`${String(error)} ${JSON.stringify(error)} ${String(error.stack)}`), String(error));
  } finally {
    await scenario.close();
  }
});
