/** What is claimed of what is kept: that it is the version there is, and that it has its checksum. */
import { cacheNamespace } from '../../../../src/cache/identity.ts';
import { fromEntry, type Pointer } from '../../../../src/cache/object/pointer.ts';
import type { ObjectInfo } from '../../../../src/types.ts';
import { equal, ok, sameBytes, test } from '../../../harness.ts';
import { bytesOf, part, rig, whole, type Rig } from './cache-rig.ts';

const small = bytesOf(1000);
const other = bytesOf(1000, 9);
const block = 0x10000;
const large = bytesOf(3 * block);
const namespace = cacheNamespace({ provider: 's3', endpoint: 'https://s3.example', bucket: 'b', identity: '' });

const shelfOf = ({ cache }: Rig): ReturnType<Rig['cache']['shelf']> => cache.shelf({ id: '', durable: true });

async function onlyPointer(it: Rig): Promise<Pointer> {
  const { container } = await shelfOf(it);
  const found: (Pointer | undefined)[] = [];
  for await (const entry of container.known({ namespace })) found.push(fromEntry(entry));
  equal(found.length, 1, 'pointers');
  return found[0]!;
}

/** The blocks go, and what is known of them stays. */
async function evictBlocks(it: Rig): Promise<void> {
  const { object } = await onlyPointer(it);
  await (await shelfOf(it)).container.delete({ namespace, object });
}

test('cache store: a head that shows nothing to compare confirms nothing', async () => {
  const mute = ({ etag: _, generation: __, versionId: ___, ...info }: ObjectInfo): ObjectInfo => info;
  const weak = (info: ObjectInfo): ObjectInfo => ({ ...info, etag: `W/${info.etag}` });
  for (const [name, reads, heads] of [
    ['a head without validators', undefined, mute],
    ['weak ETags', weak, weak],
  ] as const) {
    const { base, store, behaviour, time } = rig({ freshness: { ttlMs: 1000 } }, reads ? { tell: reads } : {});
    await base.put('a', small);
    await whole(store, 'a');
    time.now += 5000;
    await base.put('a', other);
    behaviour.tell = heads;
    ok((await store.head('a'))?.lastModified?.getTime() === time.now, name);
    if (reads) behaviour.tell = reads;
    else delete behaviour.tell;
    sameBytes(await whole(store, 'a'), other, name);
  }
});

test('cache store: a head that shows the same version renews its time', async () => {
  const weak = (info: ObjectInfo): ObjectInfo => ({ ...info, etag: `W/${info.etag}` });
  for (const tell of [undefined, weak]) {
    const { base, store, time, calls } = rig({ freshness: { ttlMs: 1000 } }, tell ? { tell } : {});
    await base.put('a', small);
    await whole(store, 'a');
    time.now += 5000;
    await store.head('a');
    calls();
    sameBytes(await whole(store, 'a'), small);
    equal(calls(), []);
  }
});

test('cache store: a version that is read by its name does not tell that it is the last', async () => {
  const tell = (info: ObjectInfo): ObjectInfo => ({ ...info, versionId: 'v1' });
  const it = rig({ freshness: { ttlMs: 1000 } }, { tell });
  const { base, store, time, calls } = it;
  await base.put('a', large);
  await part(store, 'a', 0, 10);
  const { checkedAt } = await onlyPointer(it);
  time.now += 900;
  await part(store, 'a', block, block + 10, { version: 'v1' });
  equal((await onlyPointer(it)).checkedAt, checkedAt, 'after a range');
  time.now += 200;
  calls();
  await part(store, 'a', 0, 10, { version: 'v1' });
  await whole(store, 'a', { version: 'v1' });
  equal((await onlyPointer(it)).checkedAt, checkedAt, 'after a question and a whole');
  calls();
  await part(store, 'a', 0, 10);
  equal(calls().length, 1, 'it is asked for');
  ok((await onlyPointer(it)).checkedAt > checkedAt, 'and then it is known to be the last');
});

test('cache store: asking for what is missing does not renew what is not answered', async () => {
  const it = rig({ freshness: { ttlMs: 1000 } });
  const { base, store, time, behaviour } = it;
  await base.put('a', small);
  await whole(store, 'a');
  await evictBlocks(it);
  const { checkedAt } = await onlyPointer(it);
  time.now += 500;
  behaviour.tell = () => {
    throw new TypeError('no answer');
  };
  await whole(store, 'a').then(
    () => ok(false, 'an answer'),
    () => {},
  );
  const now = await onlyPointer(it);
  equal([now.checkedAt, now.verified], [checkedAt, false]);
});

test('cache store: who joins the request of somebody else has bytes that are not verified', async () => {
  for (const cache of ['default', 'read-only'] as const) {
    const it = rig({ freshness: 'immutable' });
    const { base, store } = it;
    await base.put('a', small);
    await whole(store, 'a');
    ok((await onlyPointer(it)).verified, 'at first');
    await evictBlocks(it);
    it.calls();
    const results = await Promise.all([store.get('a', { cache }), store.get('a'), store.get('a', { range: { start: 0, end: 1000 } })]);
    equal(it.calls().length, 1, 'one request');
    equal(
      results.map((result) => result?.verified),
      [false, false, false],
      cache,
    );
    equal((await onlyPointer(it)).verified, false, 'what is kept of it');
    equal((await store.get('a'))?.verified, false, 'later');
    const reload = await store.get('a', { cache: 'reload' });
    await reload?.bytes();
    equal([reload?.verified, (await store.get('a'))?.verified], [true, true], 'read anew');
  }
});

test('cache store: what was written is forgotten though storage seemed to have nothing', async () => {
  for (const freshness of ['immutable', { ttlMs: 1000 }] as const) {
    const it = rig({ freshness });
    const { base, store } = it;
    await base.put('a', small);
    await whole(store, 'a');
    const { container } = await shelfOf(it);
    const { getMany, getSync } = container;
    Object.assign(container, { getMany: async (keys: readonly unknown[]) => keys.map(() => undefined), getSync: undefined });
    await store.put('a', other);
    Object.assign(container, { getMany, getSync });
    sameBytes(await whole(store, 'a'), other);
  }
});
