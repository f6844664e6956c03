/** What callers, writers, other users and odd servers do to what is kept. */
import { CloudError } from '../../../../src/errors.ts';
import type { CacheContainer } from '../../../../src/cache/container/container.ts';
import type { ObjectInfo } from '../../../../src/types.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';
import { bytesOf, part, rig, whole } from './cache-rig.ts';

const small = bytesOf(1000);
const other = bytesOf(900, 9);

test('cache store: expected spares the question, and pins what is fetched', async () => {
  const { base, store, calls } = rig();
  await base.put('a', small);
  const expected = (await base.head('a'))!;
  sameBytes(await whole(store, 'a', { expected }), small);
  sameBytes(await whole(store, 'a', { expected }), small);
  sameBytes(await part(store, 'a', 5, 9, { expected }), small.subarray(5, 9));
  equal(calls(), ['get']);
  await base.put('a', other);
  const now = (await base.head('a'))!;
  sameBytes(await whole(store, 'a', { expected: now }), other);
  equal(calls(), ['get']);
  sameBytes(await whole(store, 'a', { expected: { ...now, lastModified: new Date(now.lastModified!.getTime() + 300) } }), other);
  equal(calls(), [], 'listings tell milliseconds, headers seconds');
  await whole(store, 'a', { expected: { ...now, lastModified: new Date(now.lastModified!.getTime() + 3000) } });
  equal(calls(), ['get'], 'other metadata are another object to a caller');
});

test('cache store: a caller may keep nothing, or look at nothing that is kept', async () => {
  const { base, store, calls, cache } = rig({ freshness: 'immutable' });
  await base.put('a', small);
  await whole(store, 'a', { cache: 'read-only' });
  await part(store, 'a', 0, 5, { cache: 'read-only' });
  await whole(store, 'a', { cache: 'bypass' });
  equal([calls().length, (await cache.stats()).entries], [3, 0]);
  await whole(store, 'a');
  await base.put('a', other);
  calls();
  sameBytes(await whole(store, 'a', { cache: 'bypass' }), other);
  sameBytes(await whole(store, 'a', { cache: 'read-only' }), small);
  sameBytes(await whole(store, 'a', { cache: 'reload' }), other);
  sameBytes(await whole(store, 'a'), other);
  equal(calls(), ['get', 'get']);
  await base.put('a', small);
  sameBytes(await part(store, 'a', 0, 9, { cache: 'reload' }), small.subarray(0, 9));
  sameBytes(await part(store, 'a', 0, 9), small.subarray(0, 9));
});

test('cache store: conditions of a caller', async () => {
  const { base, store, calls } = rig({ freshness: 'immutable' });
  await base.put('a', small);
  const etag = (await base.head('a'))!.etag!;
  await whole(store, 'a');
  calls();
  await rejects(store.get('a', { ifNoneMatch: etag }), 'NotModified');
  sameBytes(await whole(store, 'a', { ifMatch: etag }), small);
  equal(calls(), []);
  await rejects(store.get('a', { ifMatch: '"another"' }), 'PreconditionFailed');
  const asking = rig();
  await asking.base.put('a', small);
  const first = (await asking.base.head('a'))!.etag!;
  await whole(asking.store, 'a');
  await rejects(asking.store.get('a', { ifNoneMatch: first }), 'NotModified');
  await asking.base.put('a', other);
  await rejects(whole(asking.store, 'a', { ifMatch: first }), 'PreconditionFailed');
  sameBytes(await whole(asking.store, 'a', { ifNoneMatch: first }), other);
});

test('cache store: what a client writes it does not read from before', async () => {
  const { store, calls, cache } = rig({ freshness: 'immutable' });
  await store.put('a', small);
  await whole(store, 'a');
  await store.put('a', other);
  sameBytes(await whole(store, 'a'), other);
  await store.copy!('a', 'b');
  sameBytes(await whole(store, 'b'), other);
  await store.setMetadata!('a', { of: 'me' });
  equal((await store.get('a'))?.metadata, { of: 'me' });
  await store.delete(['a', 'b']);
  equal((await cache.stats()).entries, 0);
  calls();
  equal([await store.get('a'), await store.get('b')], [null, null]);
});

test('cache store: a read that a write overtook is not kept', async () => {
  const { store, cache } = rig({ freshness: 'immutable' });
  await store.put('a', small);
  const slow = await store.get('a');
  await store.put('a', other);
  sameBytes(await slow!.bytes(), small);
  equal((await cache.stats()).entries, 0);
  sameBytes(await whole(store, 'a'), other);
});

test('cache store: clearing lets nothing come back', async () => {
  const { base, store, cache, calls } = rig({ freshness: 'immutable' });
  for (const key of ['a', 'folder/b', 'folder/c', 'folderish']) await base.put(key, small);
  for (const key of ['a', 'folder/b', 'folder/c', 'folderish']) await whole(store, key);
  await part(store, 'a', 0, 10);
  equal((await cache.stats()).entries, 8);
  equal(await cache.clear({ prefix: 's3://b/folder' }), 4, 'two pointers and two blocks');
  await rejects(cache.clear({ prefix: 'nothing://' }), () => true);
  calls();
  for (const key of ['a', 'folder/b', 'folderish']) await whole(store, key);
  equal(calls(), ['get']);
  const slow = await store.get('folder/c');
  const slowStream = (await store.get('folder/c'))!.stream().getReader();
  await slowStream.read();
  ok((await cache.clear()) > 0, 'something went');
  sameBytes(await slow!.bytes(), small);
  while (!(await slowStream.read()).done);
  equal((await cache.stats()).entries, 0, 'what was being read is not kept');
  await whole(store, 'a');
  equal((await cache.stats()).entries, 2, 'what is read from now on is');
});

test('cache store: two users never see what the other was given', async () => {
  const one = rig({ freshness: 'immutable' }, { identity: { id: 'key:one', durable: true } });
  const two = rig({}, { beside: one, identity: { id: 'key:two', durable: true } });
  const token = rig({}, { beside: one, identity: { id: 'token:f0', durable: false } });
  await one.base.put('a', small);
  for (const { store, calls } of [one, two, token]) {
    sameBytes(await whole(store, 'a'), small);
    equal(calls(), ['get']);
    await whole(store, 'a');
    equal(calls(), []);
  }
  const shelf = await one.cache.shelf({ id: 'token:f0', durable: false });
  equal((await shelf.container.usage()).entries, 2, 'of whoever will not be known again, in memory of this client alone');
  await one.cache.clear();
  equal((await one.cache.stats()).entries, 0);
});

test('cache store: metadata that change alone are seen', async () => {
  const { base, store, calls, time } = rig();
  await base.put('a', small, { metadata: { v: '1' } });
  const info = (await base.head('a'))!;
  let metadata = info.metadata;
  const later = (): Date => new Date(time.now);
  const odd = rig({}, { tell: (now: ObjectInfo) => ({ ...now, metadata, lastModified: later() }) });
  await odd.base.put('a', small);
  await whole(odd.store, 'a');
  metadata = { v: '2' };
  time.now += 5000;
  odd.time.now += 5000;
  odd.behaviour.tells = false;
  odd.calls();
  const now = await odd.store.get('a');
  equal(
    [now?.metadata, odd.calls()],
    [{ v: '2' }, ['get if-none-match', 'get 0-1']],
    'a refusal that tells no time is not trusted with metadata',
  );
  sameBytes(await now!.bytes(), small);
  metadata = { v: '3' };
  equal([(await odd.store.get('a'))?.metadata, odd.calls()], [{ v: '3' }, ['get 0-1']], 'and from then on it is the first byte');
  metadata = { v: '4' };
  const kept = await odd.store.get('a', { metadata: 'kept' });
  equal([kept?.metadata, odd.calls()], [{ v: '3' }, ['get if-none-match']], 'unless nobody wants to know');
  await whole(store, 'a');
  equal(calls(), ['get']);
});

test('cache store: a page asks for a byte', async () => {
  const { base, store, calls } = rig({}, { page: true });
  await base.put('a', small);
  await base.put('empty', '');
  await whole(store, 'a');
  calls();
  sameBytes(await whole(store, 'a'), small);
  equal(calls(), ['get 0-1']);
  await base.put('a', other);
  sameBytes(await whole(store, 'a'), other);
  equal(calls(), ['get 0-1', 'get']);
  await base.put('a', '');
  equal((await whole(store, 'a'))?.length, 0);
  await base.delete('a');
  equal(await store.get('a'), null);
});

test('cache store: what no validator tells apart is kept only where nobody asks', async () => {
  const weak = (info: ObjectInfo): ObjectInfo => ({ ...info, etag: `W/${info.etag}` });
  const asking = rig({}, { tell: weak });
  await asking.base.put('a', small);
  await whole(asking.store, 'a');
  await part(asking.store, 'a', 0, 5);
  equal((await asking.cache.stats()).entries, 0);
  const timed = rig({ freshness: { ttlMs: 1000 } }, { tell: weak });
  await timed.base.put('a', small);
  await whole(timed.store, 'a');
  timed.calls();
  sameBytes(await whole(timed.store, 'a'), small);
  equal(timed.calls(), []);
  const strict = rig({}, { beside: timed, tell: weak });
  Object.assign(timed.cache.policy, { freshness: 'revalidate' });
  await whole(strict.store, 'a');
  equal(strict.calls(), ['get'], 'another policy does not take it');
});

test('cache store: an ETag that changes by itself is told of, and nothing loops', async () => {
  let looks = 0;
  const { base, store, calls, warnings, time } = rig({}, { tell: (info) => ({ ...info, etag: `"${++looks}"` }) });
  await base.put('a', bytesOf(300_000));
  time.now += 60_000;
  for (let i = 0; i < 5; i++) sameBytes(await part(store, 'a', 0, 100), bytesOf(100));
  for (let i = 0; i < 5; i++) sameBytes(await part(store, 'a', 200_000, 200_100), bytesOf(300_000).subarray(200_000, 200_100));
  ok(calls().length < 40, 'few requests');
  equal(
    warnings.map(({ code, key }) => [code, key]),
    [['InvalidResponse', 'a']],
  );
});

test('cache store: storage that fails or refuses fails no read', async () => {
  const { base, store, cache } = rig();
  await base.put('a', small);
  const shelf = await cache.shelf({ id: '', durable: true });
  const broken = async (): Promise<never> => {
    throw new CloudError('broken', { code: 'QuotaExceeded' });
  };
  const { container } = shelf as { container: CacheContainer };
  for (const put of [async () => 0, broken]) {
    Object.assign(container, { putMany: put, getSync: undefined });
    sameBytes(await whole(store, 'a'), small);
    sameBytes(await part(store, 'a', 3, 30), small.subarray(3, 30));
    sameBytes(await whole(store, 'a'), small);
  }
  Object.assign(container, { getMany: broken, delete: broken });
  sameBytes(await whole(store, 'a'), small);
  sameBytes(await part(store, 'a', 3, 30), small.subarray(3, 30));
  await store.put('a', other);
});

test('cache store: off is off', async () => {
  const { base, store, calls, cache } = rig({ mode: 'off' });
  await base.put('a', small);
  for (let i = 0; i < 2; i++) await whole(store, 'a');
  equal([calls(), (await cache.stats()).container], [['get', 'get'], 'none']);
});
