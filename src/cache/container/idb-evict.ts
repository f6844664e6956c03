/**
 * What removes values from IndexedDB: by age, by range, and what has lost its other half.
 *
 * @module
 */
import { promisifyRequest, whenAnswered, type Database } from './idb-database.ts';
import type { CacheRange, NamespaceRange } from './container.ts';
import { ageOf } from './key.ts';
import { bodyKeyOf, costOf, isOfObject, rangeOf, rowsAt, SCRUBBED, TOTAL, type MetaRow } from './idb-rows.ts';

/** How many go in one transaction: others wait meanwhile. */
const PER_TRANSACTION = 256;

type Run = <T>(task: () => Promise<T>) => Promise<T | undefined>;

const totalOf = (store: IDBObjectStore): IDBRequest<number | undefined> => store.get(TOTAL) as IDBRequest<number | undefined>;
const rowOf = (store: IDBObjectStore, key: IDBValidKey): IDBRequest<MetaRow | undefined> =>
  store.get(key) as IDBRequest<MetaRow | undefined>;
const sumOf = (rows: readonly (MetaRow | undefined)[]): number => rows.reduce((sum, row) => sum + (row ? costOf(row) : 0), 0);

/** The total that is written down. */
export const totalIn = async (store: IDBObjectStore): Promise<number> => (await promisifyRequest(totalOf(store))) ?? 0;

/** All keys and rows of a range, in the same order. */
const metasIn = (store: IDBObjectStore, range?: NamespaceRange): readonly [IDBRequest<IDBValidKey[]>, IDBRequest<MetaRow[]>] => {
  const where = rangeOf('m', range);
  return [store.getAllKeys(where), store.getAll(where) as IDBRequest<MetaRow[]>];
};

const ageIn = ({ key, row }: { key: IDBValidKey; row: MetaRow }): number => ageOf((key as unknown[])[3], row.used);

/** The objects of all values in a range, halves of values too. */
export const objectsIn = (db: Database, range: NamespaceRange): Promise<string[]> =>
  db.transact('readonly', async (store) => {
    const found = (['b', 'o', 'm'] as const).map((kind) => promisifyRequest(store.getAllKeys(rangeOf(kind, range))));
    return [...new Set((await Promise.all(found)).flat().map((key) => (key as [string, string, string])[2]))];
  });

/** How many values and bytes there are in a range. */
export const countIn = (db: Database, range: NamespaceRange): Promise<{ entries: number; bytes: number }> =>
  db.transact('readonly', (store) => whenAnswered(metasIn(store, range), ([, rows]) => ({ entries: rows.length, bytes: sumOf(rows) })));

/**
 * Remove what was used longest ago until this much is left. What was used or replaced since it was looked at stays.
 *
 * @param run guards each transaction
 */
export async function evictOldest(db: Database, targetBytes: number, run: Run): Promise<{ removed: number; bytes: number } | undefined> {
  const found = await run(() =>
    db.transact('readonly', (store) => whenAnswered([...metasIn(store), totalOf(store)], (answers) => answers)),
  );
  if (!found) return undefined;
  const [keys, rows, total = 0] = found;
  const oldest = rows.map((row, i) => ({ key: keys[i]!, row })).sort((a, b) => ageIn(a) - ageIn(b));
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

const removeUnused = (store: IDBObjectStore, victims: { key: IDBValidKey; row: MetaRow }[]): Promise<{ removed: number; bytes: number }> =>
  whenAnswered([totalOf(store), ...victims.map(({ key }) => rowOf(store, key))], ([total = 0, ...now]) => {
    const gone = victims.filter(({ row }, i) => now[i] && now[i].used === row.used && now[i].n === row.n);
    const bytes = sumOf(gone.map(({ row }) => row));
    remove(
      store,
      gone.map(({ key }) => key),
      total - bytes,
    );
    return { removed: gone.length, bytes };
  });

function remove(store: IDBObjectStore, metaKeys: readonly IDBValidKey[], total: number): void {
  for (const key of metaKeys) {
    store.delete(key);
    store.delete(rowsAt(bodyKeyOf(key)));
  }
  store.put(Math.max(0, total), TOTAL);
}

/** Remove all of a range, halves of values too. @returns how many values went */
export const removeRange = (db: Database, range: CacheRange): Promise<number> =>
  db.transact('readwrite', (store) => {
    const where = (['b', 'o', 'm'] as const).map((kind) => rangeOf(kind, range));
    const requests = [...metasIn(store, range), totalOf(store), ...where.map((one) => store.getAllKeys(one))] as const;
    return whenAnswered(requests, ([keys, rows, total = 0, ...there]) => {
      const gone = rows.filter((_, i) => isOfObject(keys[i]!, range));
      if (gone.length === rows.length) for (const one of where) store.delete(one);
      else for (const key of there.flat()) if (isOfObject(key, range)) store.delete(key);
      store.put(Math.max(0, total - sumOf(gone)), TOTAL);
      return gone.length;
    });
  });

/** Remove single values, whatever their state. */
export const removeKeys = (db: Database, metaKeys: IDBValidKey[]): Promise<void> =>
  db.transact('readwrite', (store) =>
    whenAnswered([totalOf(store), ...metaKeys.map((key) => rowOf(store, key))], ([total = 0, ...rows]) =>
      remove(store, metaKeys, total - sumOf(rows)),
    ),
  );

/** Halves of values, which there should be none of, and what all whole ones count as. */
const halvesIn = <T>(store: IDBObjectStore, next: (halves: IDBValidKey[], bytes: number, total: number) => T): Promise<T> => {
  const requests = [...metasIn(store), totalOf(store), store.getAllKeys(rangeOf('b')), store.getAllKeys(rangeOf('o'))] as const;
  return whenAnswered(requests, ([keys, rows, total = 0, ...bodies]) => {
    const there = new Set(bodies.flat().map((key) => JSON.stringify(key)));
    const halves: IDBValidKey[] = [];
    let bytes = 0;
    for (const [i, key] of keys.entries()) {
      const body = bodyKeyOf(key) as IDBValidKey[];
      // What is left of `there` has no row.
      if (there.delete(JSON.stringify(body))) {
        bytes += costOf(rows[i]!);
        there.delete(JSON.stringify([...body, 'r']));
      } else halves.push(key);
    }
    return next([...halves, ...[...there].map((key) => JSON.parse(key) as IDBValidKey)], bytes, total);
  });
};

/**
 * Remove halves of values and count the total again. They are looked for while others read, and only when there is something to mend does
 * anybody wait.
 *
 * @param now in ms since 1970, noted as the time of it
 * @returns how many halves went
 */
export async function removeHalves(db: Database, now: number): Promise<number> {
  const isWell = await db.transact('readonly', (store) => halvesIn(store, (halves, bytes, total) => !halves.length && bytes === total));
  return await db.transact('readwrite', async (store) => {
    store.put(now, SCRUBBED);
    if (isWell) return 0;
    return await halvesIn(store, (halves, bytes) => {
      for (const key of halves) store.delete(key);
      store.put(bytes, TOTAL);
      return halves.length;
    });
  });
}

/** When that was done last, in ms since 1970. */
export const lastScrub = (db: Database): Promise<number> =>
  db.transact('readonly', async (store) => Number(await promisifyRequest(store.get(SCRUBBED))) || 0);
