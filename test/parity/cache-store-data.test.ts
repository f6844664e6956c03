/** Datafiles and datasets read through their client's cache. */
import { Client } from '../../src/index.ts';
import { equal, ok, skip, test } from '../harness.ts';
import { need, uniqueName } from '../env.ts';

test('cache: the content of a datafile is fetched once, however many read it', async () => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = need('minio');
  const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const url = `s3://${bucket}/${uniqueName('datafiles')}`;
  const plain = new Client(options);
  for (const name of ['a.txt', 'b.txt']) await plain.files(url).put(name, `content of ${name}`);
  const seen = await plain.store(url).head('a.txt');
  if (!seen?.etag) skip('this server shows no validators to pages');
  const client = new Client({ ...options, cache: { container: 'memory' } });
  const read = async (): Promise<string> => {
    const datafile = await client.datafile(`${url}/a.txt`);
    return datafile.open('r', async (handle) => handle.readText());
  };
  equal(await read(), 'content of a.txt');
  const { misses } = await client.cacheStats();
  equal(await read(), 'content of a.txt');
  const dataset = await client.dataset(url);
  for (const datafile of dataset) ok((await datafile.open('r', async (handle) => handle.readText())).startsWith('content of'));
  const after = await client.cacheStats();
  equal(after.misses, misses + 1, 'only b.txt was fetched since');
  ok(after.hits >= 2, 'hits');
  await plain.files(url).put('a.txt', 'another');
  equal(await read(), 'another');
  await client.close();
  await plain.close();
});
