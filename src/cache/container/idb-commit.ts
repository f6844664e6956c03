/**
 * Writing to IndexedDB: values, what is known of them and the total, all or nothing.
 *
 * @module
 */
import type { CacheKey, NamespaceRange } from './container.ts';
import { promisifyRequest, type Database } from './idb-database.ts';
import { totalIn } from './idb-evict.ts';
import {
  bodyKey,
  costOf,
  metaKey,
  rangeOf,
  readBody,
  TOTAL,
  type MetaRow,
  type PreparedRow,
  type StoredBody,
  type ValueRow,
} from './idb-rows.ts';
import type { Touched } from './touch-list.ts';

/** What became of a batch. */
export interface Committed {
  kept: number;
  /** What would have passed the budget. */
  skipped: PreparedRow[];
  totalBytes: number;
}

/** What of a batch there is room for: the puts that make it so are `put`'s. */
async function fit(
  store: IDBObjectStore,
  rows: readonly PreparedRow[],
  budgetBytes: number,
  put: (row: PreparedRow) => void,
  before: Promise<[number, (MetaRow | undefined)[]]>,
): Promise<Committed> {
  const [total, there] = await before;
  const sizes = new Map(rows.map(({ key }, i) => [JSON.stringify(metaKey(key)), there[i] ? costOf(there[i]) : 0]));
  const result: Committed = { kept: 0, skipped: [], totalBytes: total };
  for (const row of rows) {
    const id = JSON.stringify(metaKey(row.key));
    const after = result.totalBytes - sizes.get(id)! + costOf(row.row);
    if (after > budgetBytes) {
      result.skipped.push(row);
      continue;
    }
    put(row);
    sizes.set(id, costOf(row.row));
    result.totalBytes = after;
    result.kept++;
  }
  if (result.kept) store.put(result.totalBytes, TOTAL);
  return result;
}

const lookBefore = (store: IDBObjectStore, rows: readonly PreparedRow[]): Promise<[number, (MetaRow | undefined)[]]> =>
  Promise.all([
    totalIn(store),
    Promise.all(rows.map(({ key }) => promisifyRequest(store.get(metaKey(key)) as IDBRequest<MetaRow | undefined>))),
  ]);

const putIn =
  (store: IDBObjectStore) =>
  ({ key, value, row }: PreparedRow): void => {
    store.put(value, bodyKey(key));
    store.put(row, metaKey(key));
  };

/**
 * Write one batch, but nothing that would pass the budget. Mostly there is room for all: so it is written without a look first, which would
 * take as long as writing, and in one transaction with the look, which is taken back when there was none.
 */
export async function commit(db: Database, rows: readonly PreparedRow[], budgetBytes: number): Promise<Committed> {
  const full = new Error('no room for all');
  try {
    return await db.transact('readwrite', async (store) => {
      const before = lookBefore(store, rows);
      // A put may throw before anybody waits for this.
      before.catch(() => {});
      rows.forEach(putIn(store));
      const result = await fit(store, rows, budgetBytes, () => {}, before);
      if (result.skipped.length) throw full;
      return result;
    });
  } catch (error) {
    if (error !== full) throw error;
  }
  return await db.transact('readwrite', (store) => fit(store, rows, budgetBytes, putIn(store), lookBefore(store, rows)));
}

/** Read values. */
export const lookUp = (db: Database, keys: readonly CacheKey[]): Promise<(ValueRow | undefined)[]> =>
  db.transact('readonly', (store) =>
    Promise.all(keys.map((key) => promisifyRequest(store.get(bodyKey(key)) as IDBRequest<ValueRow | undefined>))),
  );

/** The keys of all pointers in a range: they have no bytes. */
export const pointersIn = (db: Database, range: NamespaceRange): Promise<CacheKey[]> =>
  db.transact('readonly', async (store) => {
    const keys = (await promisifyRequest(store.getAllKeys(rangeOf('o', range)))) as [string, string, string][];
    return keys.map(([, namespace, object]) => ({ namespace, object, part: 'o', sizeBytes: 0 }));
  });

/** Note uses of what is still there: a value that was evicted must not come back without its bytes. */
export const writeTouches = (db: Database, touched: readonly Touched<CacheKey>[]): Promise<void> =>
  db.transact('readwrite', async (store) => {
    const rows = await Promise.all(touched.map(({ key }) => promisifyRequest(store.get(metaKey(key)) as IDBRequest<MetaRow | undefined>)));
    for (const [i, { key, used }] of touched.entries()) {
      const row = rows[i];
      if (row && row.used < used) store.put({ ...row, used }, metaKey(key));
    }
  });

/** Whether this browser keeps Blobs and gives them back: private windows of WebKit do not. */
export async function keepsBlobs(db: Database): Promise<boolean> {
  const key: IDBValidKey = ['p', Math.random()];
  try {
    await db.transact('readwrite', async (store) => void store.put({ body: new Blob([Uint8Array.of(1, 2, 3)]) }, key));
    const { body } = await db.transact('readonly', (store) => promisifyRequest(store.get(key) as IDBRequest<{ body: StoredBody }>));
    return (await readBody(body)).join() === '1,2,3';
  } catch {
    return false;
  } finally {
    await db.transact('readwrite', async (store) => void store.delete(key)).catch(() => {});
  }
}
