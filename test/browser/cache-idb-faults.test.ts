// What goes wrong with IndexedDB in particular.
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import type { CacheTrouble } from '../../src/cache/container/container.ts';
import { createDatabase } from '../../src/cache/container/idb-database.ts';
import type { ValueRow } from '../../src/cache/container/idb-rows.ts';
import { openIndexedDbContainer } from '../../src/cache/container/indexeddb-container.ts';
import { dropDatabase, faultyStores, openIdb, rawRows } from '../conformance/cache-idb-rig.ts';
import { bytesFor, entryFor, keyOf } from '../conformance/cache-rig.ts';
import { platformNames, rejection, thrownAs } from '../conformance/platform-errors.ts';
import { uniqueName } from '../env.ts';
import { equal, ok, rejects, sameBytes, test } from '../harness.ts';

const MiB = 0x100000;
const key = keyOf('a', 10_000);
const large = keyOf('large', 700 * 1024);

/** Runs with a database of its own. */
async function withName(fn: (name: string) => Promise<void>): Promise<void> {
  const name = uniqueName('idb');
  try {
    await fn(name);
  } finally {
    await dropDatabase(name);
  }
}

/** A store through which every transaction goes that a test wants to tamper with. */
const tampered =
  (tamper: (mode: IDBTransactionMode, use: UseStore, store: (store: IDBObjectStore) => IDBObjectStore) => UseStore | undefined) =>
  (database: string, name: string): UseStore => {
    const use = createStore(database, name);
    return (mode, callback) => (tamper(mode, use, (store) => store) ?? use)(mode, callback);
  };

test('whatever opening fails with, there is no container, and it is said why', async () => {
  for (const name of [...platformNames, 'QuotaExceededError']) {
    const told: CacheTrouble[] = [];
    const container = await openIndexedDbContainer({
      name: uniqueName('idb'),
      openStore: () => () => rejection(name),
      onTrouble: (one) => void told.push(one),
    });
    equal([container, told.length], [undefined, 1], name);
    const thrown = thrownAs(name) as { name?: string } | null | undefined;
    equal(told[0]!.name, thrown?.name ?? 'UnknownError');
  }
});

test('a transaction that aborts leaves neither bytes nor rows, and the total as it was', () =>
  withName(async (name) => {
    let aborting = false;
    const openStore = tampered((mode, use) => {
      if (!aborting || mode !== 'readwrite') return undefined;
      return (_, callback) =>
        use(mode, async (store) => {
          const put = store.put.bind(store);
          // The second of several writes ends it all.
          let count = 0;
          store.put = (...args) => {
            const request = put(...args);
            if (++count === 2) store.transaction.abort();
            return request;
          };
          return await callback(store);
        });
    });
    const container = await openIdb({ name, budgetBytes: 64 * MiB, openStore });
    equal(await container.putMany([entryFor(key)]), 1);
    const raw = rawRows(createDatabase(name));
    const before = await raw.total();
    aborting = true;
    equal(await container.putMany([entryFor(keyOf('b')), entryFor(keyOf('c'))]), 0);
    aborting = false;
    equal(await raw.read(keyOf('b')), { value: undefined, row: undefined });
    equal(await raw.total(), before);
    sameBytes((await container.getMany([key]))[0]?.bytes, bytesFor(key));
    await container.close();
  }));

test('ArrayBuffers below 512 KiB, Blobs above, where there are Blobs; never more than the view', () =>
  withName(async (name) => {
    for (const blobs of [true, false]) {
      let refused = 0;
      const openStore = tampered((mode, use) => {
        if (blobs || mode !== 'readwrite') return undefined;
        return (_, callback) =>
          use(mode, (store) => {
            const put = store.put.bind(store);
            store.put = (value: unknown, at) => {
              if (!((value as ValueRow).body instanceof Blob)) return put(value, at);
              refused++;
              throw null;
            };
            return callback(store);
          });
      });
      const container = await openIdb({ name, budgetBytes: 64 * MiB, openStore });
      const around = new Uint8Array(large.sizeBytes + 100);
      around.set(bytesFor(large), 50);
      const small = new Uint8Array(20_000);
      small.set(bytesFor(key), 7);
      const kept = await container.putMany([
        { ...large, bytes: around.subarray(50, 50 + large.sizeBytes) },
        { ...key, bytes: small.subarray(7, 7 + key.sizeBytes) },
      ]);
      equal([kept, refused], [2, blobs ? 0 : 1]);
      const raw = rawRows(createDatabase(name));
      const [a, b] = [(await raw.read(large)).value?.body, (await raw.read(key)).value?.body];
      // A private window of WebKit would show ArrayBuffers in both rounds; here it is none.
      ok(
        blobs ? a instanceof Blob && a.size === large.sizeBytes : a instanceof ArrayBuffer && a.byteLength === large.sizeBytes,
        'the large one',
      );
      ok(b instanceof ArrayBuffer && b.byteLength === key.sizeBytes, 'the small one');
      sameBytes((await container.getMany([large]))[0]?.bytes, bytesFor(large));
      await container.delete({ namespace: large.namespace });
      await container.close();
    }
  }));

test('a Blob that cannot be read is a miss, and goes when it is lost', () =>
  withName(async (name) => {
    let fault: string | undefined;
    const openStore = tampered((mode, use) => {
      if (fault === undefined || mode !== 'readonly') return undefined;
      const wanted = fault;
      return async (_, callback) => {
        const result = await use(mode, callback);
        for (const row of Array.isArray(result) ? (result as (ValueRow | undefined)[]) : [])
          if (row?.body instanceof Blob) Object.defineProperty(row.body, 'arrayBuffer', { value: () => rejection(wanted) });
        return result;
      };
    });
    const container = await openIdb({ name, budgetBytes: 64 * MiB, openStore });
    for (const [wanted, gone] of [
      ['NotReadableError', true],
      ['NotFoundError', true],
      ['AbortError', true],
      ['UnknownError', true],
      ['null', true],
      ['SecurityError', false],
    ] as const) {
      equal(await container.putMany([entryFor(large)]), 1);
      fault = wanted;
      equal(await container.getMany([large]), [undefined], wanted);
      fault = undefined;
      equal((await container.usage()).entries, gone ? 0 : 1, wanted);
    }
    await container.close();
  }));

test('a connection that was closed is opened again, once', () =>
  withName(async (name) => {
    const container = await openIdb({ name, budgetBytes: 64 * MiB, openStore: createStore });
    equal(await container.putMany([entryFor(key)]), 1);
    const closer = createStore(name, 'e');
    await closer('readonly', (store) => promisifyRequest(store.count()));
    let connection: IDBDatabase | undefined;
    const openStore = (database: string, store: string): UseStore => {
      const use = createStore(database, store);
      return (mode, callback) => use(mode, (at) => ((connection = at.transaction.db), callback(at)));
    };
    const other = await openIdb({ name, budgetBytes: 64 * MiB, openStore });
    for (let i = 0; i < 2; i++) {
      connection!.close();
      sameBytes((await other.getMany([key]))[0]?.bytes, bytesFor(key));
    }
    await closer('readonly', (store) => store.transaction.db.close());
    await other.close();
    await container.close();
  }));

test('a transaction that was inactive from the first is tried once more, not twice', () =>
  withName(async (name) => {
    let inactive = 0;
    const openStore = tampered((mode, use) => {
      if (!inactive) return undefined;
      return (_, callback) =>
        use(mode, (store) => {
          const get = store.get.bind(store);
          store.get = (at) => {
            if (inactive-- > 0) throw thrownAs('TransactionInactiveError');
            return get(at);
          };
          return callback(store);
        });
    });
    const told: string[] = [];
    const container = await openIdb({ name, budgetBytes: 64 * MiB, openStore, onTrouble: (one) => void told.push(one.name) });
    equal(await container.putMany([entryFor(key)]), 1);
    await container.scrub();
    inactive = 1;
    equal(await container.putMany([entryFor(keyOf('b'))]), 1);
    inactive = 1;
    sameBytes((await container.getMany([key]))[0]?.bytes, bytesFor(key));
    equal(told, []);
    inactive = 2;
    equal([await container.getMany([key]), told], [[undefined], ['TransactionInactiveError']]);
    await container.close();
  }));

test('nobody who deletes the database waits for a container, and the container goes on', () =>
  withName(async (name) => {
    const container = await openIdb({ name, budgetBytes: 64 * MiB });
    equal(await container.putMany([entryFor(key)]), 1);
    await dropDatabase(name);
    equal(await container.getMany([key]), [undefined]);
    equal(await container.putMany([entryFor(key)]), 1);
    sameBytes((await container.getMany([key]))[0]?.bytes, bytesFor(key));
    await container.close();
  }));

test('after two late answers storage is left alone for a while, and asked again afterwards', () =>
  withName(async (name) => {
    const stores = faultyStores();
    const told: CacheTrouble[] = [];
    const container = await openIdb({
      name,
      budgetBytes: 64 * MiB,
      restMs: 400,
      openStore: stores.open,
      onTrouble: (one) => void told.push(one),
    });
    equal(await container.putMany([entryFor(key)]), 1);
    // What the first put begins is over.
    await container.scrub();
    const fault = stores.fail('get', 'never');
    for (let i = 0; i < 4; i++) equal(await container.getMany([key], { timeoutMs: 20 }), [undefined]);
    equal([fault.met(), told.map(({ code }) => code)], [2, ['timeout']]);
    fault.lift();
    equal([await container.getMany([key]), await container.putMany([entryFor(keyOf('b'))])], [[undefined], 0]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    sameBytes((await container.getMany([key]))[0]?.bytes, bytesFor(key));
    await container.close();
  }));

test('no room twice: half is evicted, and nothing more is written until the page ends', () =>
  withName(async (name) => {
    let full = false;
    const openStore = tampered((mode, use) => {
      if (!full || mode !== 'readwrite') return undefined;
      return (_, callback) =>
        use(mode, (store) => {
          const put = store.put.bind(store);
          store.put = (value: unknown, at) => {
            if ((value as ValueRow).body instanceof ArrayBuffer) throw thrownAs('QuotaExceededError');
            return put(value, at);
          };
          return callback(store);
        });
    });
    const told: CacheTrouble[] = [];
    const container = await openIdb({ name, budgetBytes: 64 * MiB, openStore, onTrouble: (one) => void told.push(one) });
    const keys = Array.from({ length: 10 }, (_, i) => keyOf(i, 10_000));
    for (const one of keys) await container.putMany([entryFor(one)]);
    full = true;
    equal(await container.putMany([entryFor(keyOf('b'))]), 0);
    equal(
      told.map(({ code, name: n }) => `${code} ${n}`),
      ['quota QuotaExceededError'],
    );
    equal(
      (await container.getMany(keys)).map(Boolean),
      keys.map((_, i) => i >= 5),
      'the newer half',
    );
    full = false;
    equal(await container.putMany([entryFor(keyOf('b'))]), 0, 'no more');
    await container.close();
    const next = await openIdb({ name, budgetBytes: 64 * MiB });
    equal(await next.putMany([entryFor(keyOf('b'))]), 1, 'the next page');
    await next.close();
  }));

test('what was evicted is not brought back by a use that was noted before', () =>
  withName(async (name) => {
    const [one, two] = [await openIdb({ name, budgetBytes: 64 * MiB }), await openIdb({ name, budgetBytes: 64 * MiB })];
    await one.putMany([entryFor(key)]);
    one.touch([key]);
    await two.delete({ namespace: key.namespace });
    await one.close();
    const raw = rawRows(createDatabase(name));
    equal(await raw.read(key), { value: undefined, row: undefined });
    equal((await two.usage()).entries, 0);
    await two.close();
  }));

test('what is not deleted is told: an error, and no answer', () =>
  withName(async (name) => {
    const stores = faultyStores();
    const container = await openIdb({ name, budgetBytes: 64 * MiB, openStore: stores.open });
    equal(await container.putMany([entryFor(key)]), 1);
    const { namespace } = key;
    for (const thrown of [...platformNames, 'never']) {
      const fault = stores.fail('put', thrown);
      const code = thrown === 'never' ? 'Timeout' : 'ServerError';
      await rejects(container.delete({ namespace }, { timeoutMs: 200 }), code);
      fault.lift();
      const unread = stores.fail('get', thrown);
      await rejects(container.objects({ namespace }, { timeoutMs: 200 }), code);
      unread.lift();
    }
    equal(await container.delete({ namespace }), 1);
    await container.close();
  }));

test('eviction waits for nobody: who has not the lock does nothing', () =>
  withName(async (name) => {
    const container = await openIdb({ name, budgetBytes: 64 * MiB });
    await container.putMany([entryFor(key)]);
    await navigator.locks.request(`anyfile:evict:${name}`, async () => {
      equal(await container.evict(0), undefined);
    });
    equal((await container.evict(0))?.removed, 1);
    await container.close();
  }));
