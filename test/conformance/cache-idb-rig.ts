/**
 * IndexedDB containers for the suite: one database each, whose transactions fail on demand.
 *
 * @module
 */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import type { CacheContainer, CacheKey } from '../../src/cache/container/container.ts';
import { createDatabase, type Database } from '../../src/cache/container/idb-database.ts';
import { totalIn } from '../../src/cache/container/idb-evict.ts';
import { bodyKey, metaKey, readBody, type MetaRow, type ValueRow } from '../../src/cache/container/idb-rows.ts';
import { openIndexedDbContainer, type IndexedDbContainerOptions } from '../../src/cache/container/indexeddb-container.ts';
import { uniqueName } from '../env.ts';
import { skip } from '../harness.ts';
import { keyOf, type CacheRig, type Damage, type Fault, type RigOptions } from './cache-rig.ts';
import { platformNames, rejection } from './platform-errors.ts';

/** A store whose transactions fail. */
export interface FaultyStores {
  open(database: string, store: string): UseStore;
  fail(when: 'get' | 'put', name: string): Fault;
}

/** Wraps idb-keyval's stores: reading transactions fail as `get`, writing ones as `put`. */
export function faultyStores(): FaultyStores {
  const faults = new Set<{ mode: IDBTransactionMode; name: string; met: number }>();
  return {
    open(database, store) {
      const use = createStore(database, store);
      return (mode, callback) => {
        const fault = [...faults].find((one) => one.mode === mode);
        if (!fault) return use(mode, callback);
        fault.met++;
        return rejection(fault.name);
      };
    },
    fail(when, name) {
      const fault = { mode: when === 'get' ? ('readonly' as const) : ('readwrite' as const), name, met: 0 };
      faults.add(fault);
      return { met: () => fault.met, lift: () => void faults.delete(fault) };
    },
  };
}

/** The container, which must be there. */
export const openIdb = async (options: IndexedDbContainerOptions): Promise<CacheContainer> =>
  (await openIndexedDbContainer(options)) ?? skip('no IndexedDB');

/** Removes a database, whoever has it open. */
export const dropDatabase = (name: string): Promise<void> =>
  new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = (): void => resolve();
  });

/** The rows of one value, behind every container's back. */
export interface RawRows {
  read(key: CacheKey): Promise<{ value: ValueRow | undefined; row: MetaRow | undefined }>;
  write(key: CacheKey, rows: { value?: ValueRow | undefined; row?: MetaRow | undefined }): Promise<void>;
  total(): Promise<number>;
}

/** Looks into a database, through a connection that gives way when it is deleted. */
export function rawRows(db: Database): RawRows {
  return {
    read: (key) =>
      db.transact('readonly', async (store) => {
        const [value, row] = await Promise.all([promisifyRequest(store.get(bodyKey(key))), promisifyRequest(store.get(metaKey(key)))]);
        return { value: value as ValueRow | undefined, row: row as MetaRow | undefined };
      }),
    write: (key, { value, row }) =>
      db.transact('readwrite', async (store) => {
        if (value) store.put(value, bodyKey(key));
        if (row) store.put(row, metaKey(key));
      }),
    total: () => db.transact('readonly', totalIn),
  };
}

/**
 * Makes a rig for the suite; `channel` is where it tells of what it clears.
 *
 * @param wrap what is put in front of each container
 */
export async function makeIdbRig(
  { budgetBytes }: RigOptions,
  wrap: (container: CacheContainer) => CacheContainer = (container) => container,
  maxValueBytes?: number,
): Promise<CacheRig & { channel: string; name: string }> {
  const name = uniqueName('cache');
  const stores = faultyStores();
  const open2 = async (): Promise<CacheContainer> => wrap(await openIdb({ name, budgetBytes, openStore: stores.open, maxValueBytes }));
  const container = await open2();
  const raw = rawRows(createDatabase(name));
  return {
    container,
    channel: `anyfile:${name}`,
    name,
    open2,
    async corrupt(key: CacheKey, how: Damage, other: CacheKey) {
      if (how === 'move') return await raw.write(key, await raw.read(other));
      const mine = (await raw.read(key)).value!;
      if (how === 'flipMeta') return await raw.write(key, { value: { ...mine, crc: mine.crc ^ 1 } });
      const bytes = await readBody(mine.body);
      if (how === 'flip') bytes[bytes.length >> 1]! ^= 4;
      const changed = how === 'flip' ? bytes : bytes.slice(0, -1);
      await raw.write(key, { value: { ...mine, body: mine.body instanceof Blob ? new Blob([changed]) : changed.buffer } });
    },
    async litter() {
      await raw.write(keyOf('no row', 10), { value: { body: new ArrayBuffer(10), crc: 1 } });
      await raw.write(keyOf('no row', 0, 'o'), { value: { body: new ArrayBuffer(0), crc: 1 } });
      await raw.write(keyOf('no value', 10), { row: { n: 10, used: 1 } });
      return 3;
    },
    faults: {
      get: [...platformNames, 'never'],
      put: [...platformNames, 'never', 'QuotaExceededError'],
      quota: ['QuotaExceededError'],
      fail: stores.fail,
    },
    async close() {
      await container.close();
      await dropDatabase(name);
    },
  };
}
