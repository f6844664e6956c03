/** Clients of one page that keep in IndexedDB: what lasts, whose it is, and what is left after signing out. */
import { createStore, keys } from 'idb-keyval';
import { identityPrefix } from '../../src/cache/identity.ts';
import { DATABASE } from '../../src/cache/container/indexeddb-container.ts';
import { Client, type CacheOptions } from '../../src/index.ts';
import { equal, ok, rejects, sameBytes, skip, test } from '../harness.ts';
import { need, uniqueName } from '../env.ts';
import { openScenario } from '../servers/fixture/client.ts';

/** What is kept for an identity, behind every client's back. */
async function rowsOf(identity: string): Promise<number> {
  const prefix = identityPrefix({ provider: 's3', identity: `name:${identity}` });
  const all = await keys(createStore(DATABASE, 'e'));
  return all.filter((key) => Array.isArray(key) && typeof key[1] === 'string' && key[1].startsWith(prefix)).length;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i++) {
    if (await what()) return;
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  throw new Error('it did not come to be');
}

test('cache in IndexedDB: it lasts, is nobody else’s, and goes with signing out', async () => {
  if (typeof indexedDB === 'undefined') skip('no IndexedDB');
  need('fixture');
  const { endpoint, bucket, region, credentials, close } = await openScenario('s3', { objects: [{ key: 'a', text: 'hello '.repeat(99) }] });
  const [me, you] = [uniqueName('me'), uniqueName('you')];
  const log: string[] = [];
  const open = (identity: string, cache: CacheOptions = {}): Client =>
    new Client({ endpoint, region, credentials, onRequest: ({ status }) => void log.push(String(status)), cache: { identity, ...cache } });
  const url = `s3://${bucket}`;
  const first = open(me);
  const bytes = await first.files(url).get('a');
  const { container, trouble } = await first.cacheStats();
  equal([container, trouble], ['indexeddb', {}]);
  await first.close();
  ok((await rowsOf(me)) > 0, 'rows of mine');
  log.length = 0;
  const second = open(me, { freshness: 'immutable' });
  sameBytes(await second.files(url).get('a'), bytes!);
  equal(log, []);
  const yours = open(you, { freshness: 'offline' });
  await rejects(yours.files(url).get('a'), 'NotCached');
  const out = open(me);
  ok((await out.clearCache()) > 0, 'something went');
  equal(await rowsOf(me), 0, 'rows after signing out');
  // the memory of other clients hears of it
  await until(async () => {
    log.length = 0;
    await second.files(url).get('a', { raw: true });
    return log.length > 0;
  });
  await second.clearCache();
  equal(await rowsOf(me), 0);
  for (const client of [second, yours, out]) await client.close();
  await close();
});

test('cache in IndexedDB: encrypted, by one option', async () => {
  if (typeof indexedDB === 'undefined') skip('no IndexedDB');
  need('fixture');
  const { endpoint, bucket, region, credentials, close } = await openScenario('s3', { objects: [{ key: 'a', text: 'hello '.repeat(99) }] });
  const identity = uniqueName('hidden');
  const open = (): Client => new Client({ endpoint, region, credentials, cache: { identity, encrypt: true, freshness: 'immutable' } });
  const first = open();
  const bytes = await first.files(`s3://${bucket}`).get('a');
  await first.close();
  equal(await rowsOf(identity), 0, 'rows in the open');
  const second = open();
  sameBytes(await second.files(`s3://${bucket}`).get('a'), bytes!);
  ok((await second.clearCache()) > 0, 'something went');
  await second.close();
  await close();
});
