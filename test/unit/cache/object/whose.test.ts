/** Whose bytes are kept for whom, under which name, and what of that stands in storage. */
import type { Identity } from '../../../../src/auth/identity.ts';
import { cacheNamespace } from '../../../../src/cache/identity.ts';
import { urlOfEntry } from '../../../../src/cache/object/pointer.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';
import { bytesOf, part, rig, webPlace, whole, type Rig } from './cache-rig.ts';

const small = bytesOf(1000);
const block = 0x10000;
const large = bytesOf(3 * block);
const one: Identity = { id: 'key:one', durable: true };
const two: Identity = { id: 'key:two', durable: true };

/** The next request is signed as another, as after a refusal when the user changed. */
function becomesAnother({ behaviour }: Rig): void {
  behaviour.tell = (info) => {
    behaviour.identity = two;
    return info;
  };
}
function isBack({ behaviour, calls }: Rig): void {
  behaviour.identity = one;
  delete behaviour.tell;
  calls();
}

test('cache store: what was brought as another user is not kept for the one who asked', async () => {
  const it = rig({ freshness: 'immutable' }, { identity: one });
  const { base, store, cache, calls } = it;
  await base.put('a', small);
  for (const read of [() => whole(store, 'a'), () => part(store, 'a', 0, 1000), () => whole(store, 'a', { cache: 'reload' })]) {
    becomesAnother(it);
    sameBytes(await read(), small);
    equal((await cache.stats()).entries, 0);
    isBack(it);
  }
  becomesAnother(it);
  const reader = (await store.get('a'))!.stream().getReader();
  while (!(await reader.read()).done);
  equal((await cache.stats()).entries, 0, 'a stream');
  isBack(it);
  sameBytes(await whole(store, 'a'), small);
  equal(calls(), ['get']);
});

test('cache store: blocks that were brought as another user are handed out, and fetched again', async () => {
  const it = rig({ freshness: 'immutable' }, { identity: one });
  const { base, store, calls, cache } = it;
  await base.put('a', large);
  await part(store, 'a', 0, 10);
  const { entries } = await cache.stats();
  becomesAnother(it);
  const reads = await Promise.all([part(store, 'a', block, block + 10), part(store, 'a', block + 5, block + 15)]);
  sameBytes(reads[0], large.subarray(block, block + 10));
  sameBytes(reads[1], large.subarray(block + 5, block + 15));
  equal((await cache.stats()).entries, entries);
  isBack(it);
  await part(store, 'a', block, block + 10);
  equal(calls(), [`get ${block}-${2 * block} if-match`]);
  await part(store, 'a', block, block + 10);
  equal(calls(), []);
});

test('cache store: other keys of the web are other objects', async () => {
  const { base, store } = rig({ freshness: 'immutable' }, { place: webPlace() });
  const keys = ['a', 'a#1', 'a#2', 'q?policy=1', 'q?policy=2', 'q?expires=1', 'q?signature=1', 'q?signature=2'];
  for (const [i, key] of keys.entries()) await base.put(key, bytesOf(100, i + 1));
  // the same validator does not make them one
  const same = rig({ freshness: 'immutable' }, { place: webPlace(), tell: (info) => ({ ...info, etag: '"same"' }) });
  for (const [i, key] of keys.entries()) await same.base.put(key, bytesOf(100, i + 1));
  for (const by of [store, same.store])
    for (let twice = 0; twice < 2; twice++)
      for (const [i, key] of keys.entries()) sameBytes(await whole(by, key), bytesOf(100, i + 1), key);
});

test('cache store: no query stands in storage', async () => {
  const it = rig({}, { place: webPlace(), identity: one });
  const { base, store, cache, behaviour } = it;
  const key = 'dir/a?access_token=secret1&sig=secret2&X-Amz-Signature=secret3';
  await base.put(key, small);
  await whole(store, key);
  // the answer to a condition is merged
  behaviour.tell = (info) => ({ ...info, contentType: 'text/x' });
  await part(store, key, 0, 10);
  await (await store.get(key))?.bytes();
  const { container } = await cache.shelf(one);
  const namespace = cacheNamespace({ provider: 'http', endpoint: 'https://h', bucket: '', identity: one.id });
  const urls: string[] = [];
  for await (const entry of container.known({ namespace })) {
    urls.push(urlOfEntry(entry));
    ok(!JSON.stringify(entry.meta).includes('secret'), 'a secret');
  }
  equal(urls, ['https://h/dir/a']);
  Object.assign(cache.policy, { freshness: 'offline' });
  const offline = rig({}, { beside: it, place: webPlace(), identity: one }).store;
  await rejects(
    offline.get(key.replace('dir/a', 'dir/b')),
    (error) => !JSON.stringify(error).includes('secret') && !(error as Error).message.includes('secret'),
  );
});

test('cache store: a key is that of the store which is asked', async () => {
  const root = rig({ freshness: 'immutable' }, { place: webPlace() });
  const folder = rig({}, { beside: root, place: webPlace('dir/') });
  await root.base.put('dir/f', small);
  await whole(root.store, 'dir/f');
  equal((await folder.store.get('f'))?.key, 'f');
  equal((await folder.store.get('f', { range: { start: 0, end: 5 } }))?.key, 'f');
  equal((await folder.store.head('f'))?.key, 'f');
  equal((await root.store.get('dir/f'))?.key, 'dir/f');
  equal(folder.calls(), []);
});
