/**
 * What removes values from IndexedDB: by age, by range, and what has lost its other half.
 *
 * @module
 */
import { promisifyRequest, type Database } from './idb-database.ts';
import type { CacheRange, NamespaceRange } from './container.ts';
import { bodyKeyOf, costOf, isOfObject, rangeOf, SCRUBBED, TOTAL, type MetaRow } from './idb-rows.ts';

/** How many go in one transaction: others wait meanwhile. */
const PER_TRANSACTION = 256;

type Run = <T>(task: () => Promise<T>) => Promise<T | undefined>;

/** The total that is written down. */
export const totalIn = async (store: IDBObjectStore): Promise<number> =>
  ((await promisifyRequest(store.get(TOTAL))) as number | undefined) ?? 0;

/** All keys and rows of a range, in the same order. */
async function metasIn(store: IDBObjectStore, range?: NamespaceRange): Promise<[IDBValidKey[], MetaRow[]]> {
  const where = rangeOf('m', range);
  return await Promise.all([promisifyRequest(store.getAllKeys(where)), promisifyRequest(store.getAll(where) as IDBRequest<MetaRow[]>)]);
}

/** How many values and bytes there are in a range. */
export const countIn = (db: Database, range: NamespaceRange): Promise<{ entries: number; bytes: number }> =>
  db.transact('readonly', async (store) => {
    const [, rows] = await metasIn(store, range);
    return { entries: rows.length, bytes: rows.reduce((sum, row) => sum + costOf(row), 0) };
  });

/**
 * Remove what was used longest ago until this much is left. What was used or replaced since it was looked at stays.
 *
 * @param run guards each transaction
 */
export async function evictOldest(db: Database, targetBytes: number, run: Run): Promise<{ removed: number; bytes: number } | undefined> {
  const found = await run(() => db.transact('readonly', async (store) => [await metasIn(store), await totalIn(store)] as const));
  if (!found) return undefined;
  const [[keys, rows], total] = found;
  const oldest = rows.map((row, i) => ({ key: keys[i]!, row })).sort((a, b) => a.row.used - b.row.used);
  let left = total;
  const victims = oldest.filter(({ row }) => {
    if (left <= targetBytes) return false;
    left -= costOf(row);
    return true;
  });
  const gone = { removed: 0, bytes: 0 };
  for (let at = 0; at < victims.length; at += PER_TRANSACTION) {
    const part = victims.slice(at, at + PER_TRANSACTION);
    const done = await run(() => db.transact('readwrite', (store) => removeUnused(store, part)));
    if (!done) break;
    gone.removed += done.removed;
    gone.bytes += done.bytes;
  }
  return gone;
}

async function removeUnused(
  store: IDBObjectStore,
  victims: { key: IDBValidKey; row: MetaRow }[],
): Promise<{ removed: number; bytes: number }> {
  const now = await Promise.all(victims.map(({ key }) => promisifyRequest(store.get(key) as IDBRequest<MetaRow | undefined>)));
  const gone = victims.filter(({ row }, i) => now[i] && now[i].used === row.used && now[i].n === row.n);
  return await remove(
    store,
    gone.map(({ key }) => key),
    gone.reduce((sum, { row }) => sum + costOf(row), 0),
  );
}

async function remove(store: IDBObjectStore, metaKeys: IDBValidKey[], bytes: number): Promise<{ removed: number; bytes: number }> {
  const total = await totalIn(store);
  for (const key of metaKeys) {
    store.delete(key);
    store.delete(bodyKeyOf(key));
  }
  store.put(Math.max(0, total - bytes), TOTAL);
  return { removed: metaKeys.length, bytes };
}

/** Remove all of a range, halves of values too. @returns how many values went */
export const removeRange = (db: Database, range: CacheRange): Promise<number> =>
  db.transact('readwrite', async (store) => {
    const [[keys, rows], total] = await Promise.all([metasIn(store, range), totalIn(store)]);
    const gone = rows.filter((_, i) => isOfObject(keys[i]!, range));
    for (const kind of ['b', 'o', 'm'] as const) {
      const where = rangeOf(kind, range);
      if (gone.length === rows.length) store.delete(where);
      else for (const key of await promisifyRequest(store.getAllKeys(where))) if (isOfObject(key, range)) store.delete(key);
    }
    store.put(Math.max(0, total - gone.reduce((sum, row) => sum + costOf(row), 0)), TOTAL);
    return gone.length;
  });

/** Remove single values, whatever their state. */
export const removeKeys = (db: Database, metaKeys: IDBValidKey[]): Promise<void> =>
  db.transact('readwrite', async (store) => {
    const rows = await Promise.all(metaKeys.map((key) => promisifyRequest(store.get(key) as IDBRequest<MetaRow | undefined>)));
    await remove(
      store,
      metaKeys,
      rows.reduce((sum, row) => sum + (row ? costOf(row) : 0), 0),
    );
  });

/** Halves of values, which there should be none of, and what all whole ones count as. */
async function halvesIn(store: IDBObjectStore): Promise<{ halves: IDBValidKey[]; bytes: number }> {
  const [[keys, rows], ...bodies] = await Promise.all([
    metasIn(store),
    promisifyRequest(store.getAllKeys(rangeOf('b'))),
    promisifyRequest(store.getAllKeys(rangeOf('o'))),
  ]);
  const there = new Set(bodies.flat().map((key) => JSON.stringify(key)));
  let bytes = 0;
  const halves: IDBValidKey[] = [];
  for (const [i, key] of keys.entries()) {
    // What is left of `there` has no row.
    if (there.delete(JSON.stringify(bodyKeyOf(key)))) bytes += costOf(rows[i]!);
    else halves.push(key);
  }
  return { halves: [...halves, ...[...there].map((key) => JSON.parse(key) as IDBValidKey)], bytes };
}

/**
 * Remove halves of values and count the total again. They are looked for while others read, and only when there is something to mend does
 * anybody wait.
 *
 * @param now in ms since 1970, noted as the time of it
 * @returns how many halves went
 */
export async function removeHalves(db: Database, now: number): Promise<number> {
  const isWell = await db.transact('readonly', async (store) => {
    const [{ halves, bytes }, total] = await Promise.all([halvesIn(store), totalIn(store)]);
    return !halves.length && bytes === total;
  });
  return await db.transact('readwrite', async (store) => {
    store.put(now, SCRUBBED);
    if (isWell) return 0;
    const { halves, bytes } = await halvesIn(store);
    for (const key of halves) store.delete(key);
    store.put(bytes, TOTAL);
    return halves.length;
  });
}

/** When that was done last, in ms since 1970. */
export const lastScrub = (db: Database): Promise<number> =>
  db.transact('readonly', async (store) => Number(await promisifyRequest(store.get(SCRUBBED))) || 0);
