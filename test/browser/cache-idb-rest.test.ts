// Values that Chromium would put into files of their own lie in two rows there; elsewhere in one.
import { promisifyRequest } from 'idb-keyval';
import type { CacheKey, CacheTrouble } from '../../src/cache/container/container.ts';
import { createDatabase, type Database } from '../../src/cache/container/idb-database.ts';
import { INLINE_BYTES, isSplit, metaKey, rangeOf, restKey } from '../../src/cache/container/idb-rows.ts';
import { dropDatabase, openIdb } from '../conformance/cache-idb-rig.ts';
import { bytesFor, entryFor, keyOf } from '../conformance/cache-rig.ts';
import { env, uniqueName } from '../env.ts';
import { equal, ok, sameBytes, test } from '../harness.ts';

const usual = 0x10000;
const sizes = [INLINE_BYTES, INLINE_BYTES + 1, usual, usual + 28, 2 * INLINE_BYTES, 2 * INLINE_BYTES + 1];
const splits = env().engine.startsWith('chromium');

const keysIn = (db: Database, kind: 'b' | 'm'): Promise<number> =>
  db.transact('readonly', (store) => promisifyRequest(store.getAllKeys(rangeOf(kind)))).then((keys) => keys.length);

async function withContainer(
  fn: (container: Awaited<ReturnType<typeof openIdb>>, db: Database, told: CacheTrouble[]) => Promise<void>,
  budgetBytes = 2 ** 26,
): Promise<void> {
  const name = uniqueName('idb');
  const told: CacheTrouble[] = [];
  const container = await openIdb({ name, budgetBytes, onTrouble: (trouble) => void told.push(trouble) });
  const db = createDatabase(name);
  try {
    await fn(container, db, told);
  } finally {
    await container.close();
    db.close();
    await dropDatabase(name);
  }
}

/** The same place with another size: a value that replaces one of another length. */
const resized = (key: CacheKey, sizeBytes: number): CacheKey => ({ ...key, sizeBytes });

test('values around the length that is slow come back whole, each in as many rows as it is to have', () =>
  withContainer(async (container, db) => {
    equal(sizes.filter(isSplit), splits ? sizes.slice(1, 5) : [], 'sizes that are split');
    const keys = sizes.map((size, i) => keyOf(`size ${i}`, size));
    equal(await container.putMany(keys.map((key) => entryFor(key))), sizes.length);
    const found = await container.getMany(keys);
    for (const [i, key] of keys.entries()) sameBytes(found[i]!.bytes, bytesFor(key), `${sizes[i]} bytes`);
    equal(await keysIn(db, 'b'), sizes.length + sizes.filter(isSplit).length);
    equal((await container.usage()).entries, sizes.length);
    equal(await container.scrub(), 0, 'all is well');
    equal(await container.delete({ namespace: keys[0]!.namespace }), sizes.length);
    equal(await keysIn(db, 'b'), 0);
  }));

test('a value that replaces one of another length leaves no rest of it', () =>
  withContainer(async (container, db) => {
    const place = keyOf('place', usual);
    for (const size of [usual, 100, usual + 1000, 2 * INLINE_BYTES + 1, usual, 700 * 1024, 5]) {
      const key = resized(place, size);
      equal(await container.putMany([entryFor(key)]), 1);
      const [entry] = await container.getMany([key]);
      sameBytes(entry!.bytes, bytesFor(key), `${size} bytes`);
      equal(await keysIn(db, 'b'), isSplit(size) ? 2 : 1, `rows of ${size} bytes`);
    }
  }));

test('eviction takes rests along, and a rest that is lost, changed or left over is noticed', () =>
  withContainer(async (container, db, told) => {
    const keys = Array.from({ length: 8 }, (_, i) => keyOf(`value ${i}`, usual));
    for (const key of keys) equal(await container.putMany([entryFor(key)]), 1);
    const gone = await container.evict(4 * (usual + 512));
    equal(gone?.removed, 4);
    const rows = splits ? 2 : 1;
    equal(await keysIn(db, 'b'), 4 * rows);
    if (!splits) return;
    const [lost, changed, whole] = keys.slice(5) as [CacheKey, CacheKey, CacheKey];
    await db.transact('readwrite', async (store) => {
      store.delete(restKey(lost));
      store.put(new ArrayBuffer(usual - INLINE_BYTES), restKey(changed));
    });
    const found = await container.getMany([lost, changed, whole]);
    equal([found[0], found[1]], [undefined, undefined]);
    sameBytes(found[2]!.bytes, bytesFor(whole));
    equal([...new Set(told.map(({ code }) => code))], ['corrupt'], 'said, if not each time');
    // A body or a size without the other takes its rest with it.
    await db.transact('readwrite', async (store) => void store.delete(metaKey(whole)));
    ok((await container.scrub()) >= 2, 'halves');
    equal(await keysIn(db, 'b'), rows, 'the one that is well');
  }));

test('neighbours are read at once, those that are missing, of another length or of another object among them', () =>
  withContainer(async (container) => {
    const part = (number: number, sizeBytes = usual, object = 'run'): CacheKey => keyOf(object, sizeBytes, number);
    const there = [0, 1, 3, 4, 5, 9, 10].map((number) => part(number, number === 4 ? 300 : usual));
    equal(await container.putMany([...there, part(6, usual, 'another')].map((key) => entryFor(key))), 8);
    const asked = [
      ...[0, 1, 2, 3].map((n) => part(n)),
      part(4, 300),
      part(5),
      part(6),
      part(6, usual, 'another'),
      part(10),
      part(9),
      part(3),
    ];
    const found = await container.getMany(asked);
    const missing = new Set([2, 6]);
    for (const [i, key] of asked.entries()) {
      if (missing.has(i)) equal(found[i], undefined, `key ${i}`);
      else sameBytes(found[i]!.bytes, bytesFor(key), `key ${i}`);
    }
    // Of another length than is asked for.
    equal(await container.getMany([part(3), part(4), part(5)]).then((list) => list.map(Boolean)), [true, false, true]);
  }));
