/** Reads of whole objects through the cache: what each costs, and what is kept. */
import { asyncDispose } from '../../../../src/util/dispose.ts';
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';
import { bytesOf, part, rig, whole } from './cache-rig.ts';

const small = bytesOf(1000);

test('cache store: a warm read is one conditional request', async () => {
  const { base, store, calls, cache } = rig();
  await base.put('a', small, { metadata: { of: 'me' }, contentType: 'text/x' });
  sameBytes(await whole(store, 'a'), small);
  equal(calls(), ['get']);
  const result = await store.get('a');
  ok(result, 'a result');
  equal([result.range, result.totalBytes, result.sizeBytes], [{ start: 0, end: 1000 }, 1000, 1000]);
  equal([result.metadata, result.contentType, result.key], [{ of: 'me' }, 'text/x', 'a']);
  sameBytes(await result.bytes(), small);
  ok(result.verified, 'what was verified when it was kept');
  equal(calls(), ['get if-none-match']);
  const { hits, misses, revalidated, bytesSaved, bytesFetched } = await cache.stats();
  equal(
    { hits, misses, revalidated, bytesSaved, bytesFetched },
    { hits: 1, misses: 1, revalidated: 1, bytesSaved: 1000, bytesFetched: 1000 },
  );
});

test('cache store: what is new comes along with the question', async () => {
  const { base, store, calls } = rig();
  await base.put('a', small);
  await whole(store, 'a');
  const other = bytesOf(2000, 7);
  await base.put('a', other);
  calls();
  sameBytes(await whole(store, 'a'), other);
  equal(calls(), ['get if-none-match']);
  sameBytes(await whole(store, 'a'), other);
  equal(calls(), ['get if-none-match']);
});

test('cache store: an object that is gone is forgotten', async () => {
  const { base, store, calls, cache } = rig();
  await base.put('a', small);
  await whole(store, 'a');
  ok((await cache.stats()).entries >= 2, 'a pointer and a block');
  await base.delete('a');
  calls();
  equal(await store.get('a'), null);
  equal((await cache.stats()).entries, 0, 'entries');
  equal(await store.get('a'), null);
  equal(calls(), ['get if-none-match', 'get']);
});

test('cache store: immutable asks nothing, offline fetches nothing', async () => {
  const still = rig({ freshness: 'immutable' });
  await still.base.put('a', small);
  await whole(still.store, 'a');
  still.calls();
  sameBytes(await whole(still.store, 'a'), small);
  equal((await still.store.head('a'))?.sizeBytes, 1000);
  equal(still.calls(), []);
  const off = rig({ freshness: 'offline' });
  await off.base.put('a', small);
  for (const call of [() => off.store.get('a'), () => off.store.head('a'), () => off.store.get('a', { range: { start: 0, end: 1 } })])
    await rejects(call, 'NotCached');
  await rejects(async () => {
    for await (const _ of off.store.list()) ok(false, 'no page');
  }, 'NotCached');
  equal(off.calls(), []);
});

test('cache store: what was kept can be read offline', async () => {
  const online = rig({ freshness: { ttlMs: 1000 } });
  await online.base.put('a', small);
  await online.base.put('b', small);
  await whole(online.store, 'a');
  await part(online.store, 'b', 10, 20);
  // the same container under another policy: what was opened stays
  Object.assign(online.cache.policy, { freshness: 'offline' });
  const off = rig({}, { beside: online });
  sameBytes(await whole(off.store, 'a'), small);
  sameBytes(await part(off.store, 'b', 0, 1000), small);
  sameBytes(await whole(off.store, 'b'), small, 'all blocks are there, in ranges');
  equal((await off.store.head('a'))?.key, 'a');
  await rejects(off.store.get('c'), 'NotCached');
  equal(off.calls(), []);
});

test('cache store: a time to live', async () => {
  const { base, store, calls, time } = rig({ freshness: { ttlMs: 1000 } });
  await base.put('a', small);
  await whole(store, 'a');
  time.now += 999;
  await whole(store, 'a');
  equal(calls(), ['get']);
  time.now += 2;
  await whole(store, 'a');
  equal(calls(), ['get if-none-match']);
  time.now += 500;
  await whole(store, 'a');
  equal(calls(), [], 'the answer counts from when it was asked for');
  time.now -= 10_000;
  await whole(store, 'a');
  equal(calls(), ['get if-none-match'], 'a clock that was set back');
});

test('cache store: bytes that do not have their checksum are not kept', async () => {
  const { base, store, calls, cache, behaviour } = rig();
  await base.put('a', bytesOf(3 * 0x100000));
  behaviour.corrupt = true;
  await rejects(whole(store, 'a'), 'IntegrityError');
  equal((await cache.stats()).entries, 0, 'after bytes()');
  await rejects(async () => {
    const reader = (await store.get('a'))!.stream().getReader();
    while (!(await reader.read()).done);
  }, 'IntegrityError');
  equal((await cache.stats()).entries, 0, 'after a stream');
  behaviour.corrupt = false;
  calls();
  await whole(store, 'a');
  equal(calls(), ['get']);
});

test('cache store: a stream is kept when it was read to its end', async () => {
  const { base, store, calls, cache } = rig();
  const large = bytesOf(2 * 0x100000 + 5);
  await base.put('a', large);
  const first = (await store.get('a'))!.stream().getReader();
  await first.read();
  await first.cancel();
  equal((await cache.stats()).entries, 0, 'a stream that was left');
  await (await store.get('a'))![asyncDispose]();
  const reader = (await store.get('a'))!.stream().getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read());
  equal((await cache.stats()).entries, 4, 'three blocks and a pointer');
  calls();
  sameBytes(await whole(store, 'a'), large);
  equal(calls(), ['get if-none-match']);
});

test('cache store: empty objects', async () => {
  const { base, store, calls } = rig({ freshness: 'immutable' });
  await base.put('a', '');
  equal((await whole(store, 'a'))?.length, 0);
  equal((await whole(store, 'a'))?.length, 0);
  equal((await part(store, 'a', 0, 0))?.length, 0);
  equal(calls(), ['get']);
});

test('cache store: what the platform decoded is not kept, nor what nobody may check', async () => {
  const { base, store, cache } = rig({}, { decoded: true });
  await base.put('a', small);
  await whole(store, 'a');
  equal((await cache.stats()).entries, 0);
  const other = rig();
  await other.base.put('a', small);
  await whole(other.store, 'a', { verify: false });
  equal((await other.cache.stats()).entries, 0);
});
