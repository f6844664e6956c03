/**
 * Writing to IndexedDB: values, what is known of them and the total, all or nothing.
 *
 * @module
 */
import type { CacheKey, NamespaceRange } from './container.ts';
import { promisifyRequest, type Database } from './idb-database.ts';
import { totalIn } from './idb-evict.ts';
import { bodyKey, costOf, metaKey, rangeOf, readBody, TOTAL, type MetaRow, type PreparedRow, type StoredBody } from './idb-rows.ts';
import type { Touched } from './touch-list.ts';

/** What became of a batch. */
export interface Committed {
  kept: number;
  /** What would have passed the budget. */
  skipped: PreparedRow[];
  totalBytes: number;
}

/** Write one batch, but nothing that would pass the budget. */
export const commit = (db: Database, rows: readonly PreparedRow[], budgetBytes: number): Promise<Committed> =>
  db.transact('readwrite', async (store) => {
    const [total, ...before] = await Promise.all([
      totalIn(store),
      ...rows.map(({ key }) => promisifyRequest(store.get(metaKey(key)) as IDBRequest<MetaRow | undefined>)),
    ]);
    const sizes = new Map(rows.map(({ key }, i) => [JSON.stringify(metaKey(key)), before[i] ? costOf(before[i]) : 0]));
    const result: Committed = { kept: 0, skipped: [], totalBytes: total };
    for (const row of rows) {
      const id = JSON.stringify(metaKey(row.key));
      const after = result.totalBytes - sizes.get(id)! + costOf(row.row);
      if (after > budgetBytes) {
        result.skipped.push(row);
        continue;
      }
      store.put(row.body, bodyKey(row.key));
      store.put(row.row, metaKey(row.key));
      sizes.set(id, costOf(row.row));
      result.totalBytes = after;
      result.kept++;
    }
    if (result.kept) store.put(result.totalBytes, TOTAL);
    return result;
  });

/** Read values and what is known of them. */
export const lookUp = (db: Database, keys: readonly CacheKey[]): Promise<[StoredBody | undefined, MetaRow | undefined][]> =>
  db.transact('readonly', (store) =>
    Promise.all(
      keys.map((key) =>
        Promise.all([
          promisifyRequest(store.get(bodyKey(key)) as IDBRequest<StoredBody | undefined>),
          promisifyRequest(store.get(metaKey(key)) as IDBRequest<MetaRow | undefined>),
        ]),
      ),
    ),
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
    await db.transact('readwrite', async (store) => void store.put(new Blob([Uint8Array.of(1, 2, 3)]), key));
    const stored = await db.transact('readonly', (store) => promisifyRequest(store.get(key) as IDBRequest<StoredBody>));
    return (await readBody(stored)).join() === '1,2,3';
  } catch {
    return false;
  } finally {
    await db.transact('readwrite', async (store) => void store.delete(key)).catch(() => {});
  }
}
