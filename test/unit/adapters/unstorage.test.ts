import { createStorage, prefixStorage } from 'unstorage';
import { createUnstorageDriver } from '../../../src/adapters/unstorage.ts';
import { Client } from '../../../src/client.ts';
import { need, uniqueName } from '../../env.ts';
import { equal, rejects, sameBytes, test } from '../../harness.ts';

function versitygw(): { client: Client; url: string } {
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = need('versitygw');
  const client = new Client({ credentials: { accessKeyId, secretAccessKey }, region });
  return { client, url: `s3://${endpoint}/${bucket}/${uniqueName('unstorage')}` };
}

async function everyMethod(client: Client, url: string): Promise<void> {
  const driver = createUnstorageDriver(url, { client });
  const storage = createStorage({ driver });
  equal(
    [await storage.hasItem('a'), await storage.getItem('a'), await storage.getItemRaw('a'), await storage.getMeta('a')],
    [false, null, null, {}],
  );
  await storage.setItem('a', { theme: 'dark', n: 1 });
  await storage.setItem('dir:b', 'text ü');
  await storage.setItem('dir:deep:c', 7);
  const bytes = new Uint8Array([0, 255, 128, 7]);
  await storage.setItemRaw('dir2:raw', bytes.subarray(1));
  equal(
    [await storage.hasItem('a'), await storage.getItem('a'), await storage.getItem('dir/b')],
    [true, { theme: 'dark', n: 1 }, 'text ü'],
  );
  sameBytes((await storage.getItemRaw('dir2:raw')) as Uint8Array, bytes.subarray(1));
  equal((await storage.getKeys()).sort(), ['a', 'dir2:raw', 'dir:b', 'dir:deep:c']);
  equal((await storage.getKeys('dir')).sort(), ['dir:b', 'dir:deep:c'], 'not those of dir2');
  equal((await storage.getKeys('dir', { maxDepth: 1 })).sort(), ['dir:b']);
  equal((await prefixStorage(storage, 'dir:deep').getKeys()).sort(), ['c']);
  equal(
    await client
      .store(url)
      .get('dir/b')
      .then((result) => result?.text()),
    'text ü',
    'a:b is a/b',
  );
  await storage.setItem('about', 'x', { contentType: 'text/plain', metadata: { note: 'y' } });
  const { mtime, size, note, contentType } = await storage.getMeta('about');
  equal([mtime instanceof Date, size, note, contentType], [true, 1, 'y', 'text/plain']);
  await storage.removeItem('a');
  await storage.removeItem('was never there');
  equal(await storage.hasItem('a'), false);
  // unstorage's own `clear(base)` clears whole mounts alone
  await driver.clear('dir');
  equal((await storage.getKeys()).sort(), ['about', 'dir2:raw']);
  await storage.clear();
  equal(await storage.getKeys(), []);
  await storage.dispose();
}

test('every method of unstorage, over memory', async () => {
  const client = new Client({});
  await everyMethod(client, 'mem://unstorage/items');
  await client.close();
});

test('every method of unstorage, over a private bucket', async () => {
  const { client, url } = versitygw();
  await everyMethod(client, url);
  await client.close();
});

test('listings and clearing know of more than a page', async () => {
  const client = new Client({});
  const store = client.store('mem://unstorage/many');
  const names = Array.from({ length: 2_503 }, (_, i) => `k${String(i).padStart(4, '0')}`);
  for (const name of names) await store.put(name, '');
  await client.store('mem://unstorage/').put('many-others', '');
  const storage = createStorage({ driver: createUnstorageDriver('mem://unstorage/many', { client }) });
  equal((await storage.getKeys()).sort(), names);
  await storage.clear();
  equal(await storage.getKeys(), []);
  equal(await client.files('mem://unstorage').exists('many-others'), true);
  await client.close();
});

test('what is no item, what is refused, and a driver with a client of its own', async () => {
  const driver = createUnstorageDriver('mem://unstorage/x', { readOnly: true });
  equal([driver.name, driver.options.url], ['anyfile', 'mem://unstorage/x']);
  await rejects(driver.setItemRaw('a', 7), 'InvalidArgument');
  await rejects(driver.setItem('a', 'b'), () => true);
  const reason = new Error('enough');
  await rejects(driver.getItem('a', { signal: AbortSignal.abort(reason) }), (error) => error === reason);
  await driver.dispose();
});
