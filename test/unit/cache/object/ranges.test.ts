/** Reads of ranges through the cache. */
import { equal, ok, rejects, sameBytes, test } from '../../../harness.ts';
import { bytesOf, part, rig, whole } from './cache-rig.ts';

const large = bytesOf(300_000);
const block = 0x10000;

test('cache store: a range fetches its blocks, and then asks once', async () => {
  const { base, store, calls } = rig();
  await base.put('a', large);
  sameBytes(await part(store, 'a', 10, 20), large.subarray(10, 20));
  equal(calls(), [`get 0-${block}`]);
  const result = await store.get('a', { range: { start: 100, end: 200 } });
  ok(result, 'a result');
  equal([result.range, result.totalBytes, result.verified], [{ start: 100, end: 200 }, 300_000, false]);
  sameBytes(await result.bytes(), large.subarray(100, 200));
  equal(calls(), [`get 0-${block} if-none-match`]);
});

test('cache store: what is missing is asked for with the version, which answers for the rest', async () => {
  const { base, store, calls, cache } = rig();
  await base.put('a', large);
  await part(store, 'a', 0, 10);
  calls();
  sameBytes(await part(store, 'a', 10, 2 * block + 1), large.subarray(10, 2 * block + 1));
  equal(calls(), [`get ${block}-${3 * block} if-match`]);
  sameBytes(await part(store, 'a', 299_999, 400_000), large.subarray(299_999));
  equal(calls(), [`get ${4 * block}-300000 if-match`]);
  const { hits, misses } = await cache.stats();
  equal([hits, misses], [1, 2]);
});

test('cache store: ranges of an object that was replaced', async () => {
  const { base, store, calls } = rig();
  await base.put('a', large);
  await part(store, 'a', 0, 10);
  const other = bytesOf(200_000, 3);
  await base.put('a', other);
  calls();
  sameBytes(await part(store, 'a', 0, 10), other.subarray(0, 10), 'blocks that are kept');
  equal(calls(), [`get 0-${block} if-none-match`]);
  await base.put('a', large);
  sameBytes(await part(store, 'a', block, block + 10), large.subarray(block, block + 10), 'blocks that are missing');
  equal(calls(), [`get ${block}-${2 * block} if-match`, `get ${block}-${2 * block}`]);
  await base.delete('a');
  equal(await store.get('a', { range: { start: 0, end: 5 } }), null);
  calls();
  await base.put('a', other);
  sameBytes(await part(store, 'a', 0, 10), other.subarray(0, 10));
  equal(calls(), [`get 0-${block}`], 'nothing was known any more');
});

test('cache store: ends of ranges', async () => {
  const { base, store } = rig();
  await base.put('a', bytesOf(100));
  await rejects(part(store, 'a', 200, 300), 'RangeNotSatisfiable');
  await rejects(part(store, 'a', 100, 300), 'RangeNotSatisfiable');
  sameBytes(await whole(store, 'a', { range: { start: 90 } }), bytesOf(100).subarray(90));
  sameBytes(await whole(store, 'a', { range: { end: 10 } }), bytesOf(100).subarray(0, 10));
  await rejects(part(store, 'a', 200, 300), 'RangeNotSatisfiable');
  await rejects(part(store, 'a', 5, 4), 'InvalidArgument');
  equal((await part(store, 'a', 7, 7))?.length, 0);
  await rejects(part(store, 'a', 101, 101), 'RangeNotSatisfiable');
  // it grew
  await base.put('a', bytesOf(400));
  sameBytes(await part(store, 'a', 200, 300), bytesOf(400).subarray(200, 300));
});

test('cache store: ranges at the same time fetch no byte twice', async () => {
  const { base, store, calls } = rig({ freshness: 'immutable' });
  await base.put('a', large);
  const parts = await Promise.all([part(store, 'a', 0, 10), part(store, 'a', 5, 70_000), part(store, 'a', 20, 40)]);
  for (const [i, [start, end]] of (
    [
      [0, 10],
      [5, 70_000],
      [20, 40],
    ] as const
  ).entries())
    sameBytes(parts[i], large.subarray(start, end));
  equal(calls(), [`get 0-${block}`, `get ${block}-${2 * block} if-match`]);
});

test('cache store: long ranges are read block by block', async () => {
  const size = 9 * 0x100000;
  const huge = new Uint8Array(size).fill(3);
  huge.set(large, 0x800000);
  const { base, store, calls } = rig({ maxBytes: 64 * 0x100000 });
  await base.put('a', huge);
  for (const asked of [undefined, [`get 0-${block} if-none-match`]]) {
    const got = (await part(store, 'a', 100, size))!;
    equal([got.length, got[0], got.at(-1)], [size - 100, 3, 3]);
    sameBytes(got.subarray(0x800000 - 100, 0x800000 + 299_900), large);
    const requests = calls();
    equal(
      asked ?? [requests[0], requests.slice(1).every((call) => call.endsWith('if-match'))],
      asked ? requests : [`get 0-${block}`, true],
    );
  }
});

test('cache store: what was read whole serves ranges, and the other way round when it was verified', async () => {
  const { base, store, calls } = rig();
  await base.put('a', large);
  await whole(store, 'a');
  calls();
  sameBytes(await part(store, 'a', 1000, 2000), large.subarray(1000, 2000));
  equal(calls(), [`get 0-${block} if-none-match`]);
  ok((await store.get('a', { range: { start: 0, end: 300_000 } }))?.verified, 'all of it, as it was verified');
  await base.put('b', large);
  await part(store, 'b', 0, 10);
  calls();
  const result = await store.get('b');
  await result?.bytes();
  ok(result?.verified, 'read whole, it has its checksum');
  equal(calls(), ['get']);
});

test('cache store: blocks that were evicted are fetched, and then nothing is verified', async () => {
  const { base, store, calls, cache } = rig({ freshness: 'immutable' });
  await base.put('a', large);
  await whole(store, 'a');
  const { container } = await cache.shelf({ id: '', durable: true });
  const { putMany, getMany } = container;
  // the pointer stays, the blocks go
  const pointers: Parameters<typeof putMany>[0][number][] = [];
  for await (const entry of container.known({ namespace: (await anyNamespace(cache))! })) pointers.push(entry);
  await container.evict(0);
  await putMany(pointers);
  ok((await getMany(pointers))[0], 'a pointer');
  calls();
  const result = await store.get('a');
  sameBytes(await result!.bytes(), large);
  equal([calls(), result!.verified], [['get 0-300000 if-match'], false]);
  ok(!(await store.get('a'))!.verified, 'nor later');
});

async function anyNamespace(cache: ReturnType<typeof rig>['cache']): Promise<string | undefined> {
  const { cacheNamespace } = await import('../../../../src/cache/identity.ts');
  return cache && cacheNamespace({ endpoint: 'https://s3.example', bucket: 'b', provider: 's3', identity: '' });
}
