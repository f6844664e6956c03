/**
 * Writing to IndexedDB: values, what is known of them and the total, all or nothing.
 *
 * @module
 */
import type { CacheKey, NamespaceRange } from './container.ts';
import { promisifyRequest, whenAnswered, type Database } from './idb-database.ts';
import {
  bodyKey,
  costOf,
  isSplit,
  metaKey,
  rangeOf,
  readBody,
  restKey,
  rowsAt,
  TOTAL,
  type FoundRow,
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

/** There was no room for all of a batch that was written before anybody looked. */
class NoRoom extends Error {}

/** What of a batch there is room for, after what was there before, and the total with it. */
function fitting(
  rows: readonly PreparedRow[],
  total: number,
  before: readonly (MetaRow | undefined)[],
  budgetBytes: number,
): { fit: PreparedRow[]; totalBytes: number } {
  const sizes = new Map(rows.map(({ key }, i) => [JSON.stringify(metaKey(key)), before[i] ? costOf(before[i]) : 0]));
  let totalBytes = total;
  const fit = rows.filter(({ key, row }) => {
    const id = JSON.stringify(metaKey(key));
    const after = totalBytes - sizes.get(id)! + costOf(row);
    if (after > budgetBytes) return false;
    sizes.set(id, costOf(row));
    totalBytes = after;
    return true;
  });
  return { fit, totalBytes };
}

/**
 * Look and write in one transaction.
 *
 * @param blindly write before the look has come: waiting for it takes as long as writing
 * @throws NoRoom when it was written blindly and there was not room for all; nothing is written then
 */
function write(store: IDBObjectStore, rows: readonly PreparedRow[], budgetBytes: number, blindly: boolean): Promise<Committed> {
  const put = ({ key, value, rest, row }: PreparedRow): void => {
    store.put(value, bodyKey(key));
    if (rest) store.put(rest, restKey(key));
    store.put(row, metaKey(key));
  };
  const before = rows.map(({ key }) => store.get(metaKey(key)) as IDBRequest<MetaRow | undefined>);
  const total = store.get(TOTAL) as IDBRequest<number | undefined>;
  const looked = whenAnswered([...before, total], () => {
    const there = before.map(({ result }) => result);
    const { fit, totalBytes } = fitting(rows, total.result ?? 0, there, budgetBytes);
    if (blindly && fit.length < rows.length) {
      // At once: the transaction would commit when this event is over.
      store.transaction.abort();
      throw new NoRoom();
    }
    if (!blindly) fit.forEach(put);
    // Of what was replaced: the new one has none.
    for (const [i, { key, rest }] of rows.entries())
      if (!rest && there[i] && isSplit(there[i].n) && fit.includes(rows[i]!)) store.delete(restKey(key));
    if (fit.length) store.put(totalBytes, TOTAL);
    // No engine need wait whether more comes.
    store.transaction.commit();
    return { kept: fit.length, skipped: rows.filter((row) => !fit.includes(row)), totalBytes };
  });
  // A put may throw before anybody waits for this.
  looked.catch(() => {});
  if (blindly) rows.forEach(put);
  return looked;
}

/** Write one batch, but nothing that would pass the budget. Mostly there is room for all, so that is tried first. */
export async function commit(db: Database, rows: readonly PreparedRow[], budgetBytes: number): Promise<Committed> {
  try {
    return await db.transact('readwrite', (store) => write(store, rows, budgetBytes, true));
  } catch (error) {
    if (!(error instanceof NoRoom)) throw error;
  }
  return await db.transact('readwrite', (store) => write(store, rows, budgetBytes, false));
}

/** Neighbours: parts of one object, each the next one of that before. */
function runsOf(keys: readonly CacheKey[]): CacheKey[][] {
  const runs: CacheKey[][] = [];
  for (const key of keys) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (last && key.part === Number(last.part) + 1 && key.object === last.object && key.namespace === last.namespace) run!.push(key);
    else runs.push([key]);
  }
  return runs;
}

/** A value of before there were rests, or of another size, has none. */
const withRest = (row: ValueRow | undefined, rest: ArrayBuffer | undefined): FoundRow | undefined =>
  row?.hasRest ? { ...row, rest } : row;

async function readOne(store: IDBObjectStore, key: CacheKey): Promise<FoundRow | undefined> {
  const at = bodyKey(key);
  if (!isSplit(key.sizeBytes)) return promisifyRequest(store.get(at) as IDBRequest<ValueRow | undefined>);
  const [row, rest] = await promisifyRequest(store.getAll(rowsAt(at)) as IDBRequest<(ValueRow | ArrayBuffer | undefined)[]>);
  return row instanceof ArrayBuffer ? undefined : withRest(row, rest as ArrayBuffer | undefined);
}

/** At once: one request for each takes up to twice as long (measured). */
async function readRun(store: IDBObjectStore, run: readonly CacheKey[]): Promise<(FoundRow | undefined)[]> {
  const range = IDBKeyRange.bound(bodyKey(run[0]!), [...(bodyKey(run.at(-1)!) as IDBValidKey[]), []]);
  const [keys, rows] = await Promise.all([
    promisifyRequest(store.getAllKeys(range)),
    promisifyRequest(store.getAll(range) as IDBRequest<unknown[]>),
  ]);
  const found = new Map(keys.map((key, i) => [JSON.stringify(key), rows[i]]));
  const at = (key: IDBValidKey): unknown => found.get(JSON.stringify(key));
  return run.map((key) => withRest(at(bodyKey(key)) as ValueRow | undefined, at(restKey(key)) as ArrayBuffer | undefined));
}

/** Read values. */
export const lookUp = (db: Database, keys: readonly CacheKey[]): Promise<(FoundRow | undefined)[]> =>
  db.transact('readonly', async (store) => {
    const read = runsOf(keys).map(async (run) => (run.length > 1 ? readRun(store, run) : [await readOne(store, run[0]!)]));
    return (await Promise.all(read)).flat();
  });

/** The keys of all pointers in a range: they have no bytes. */
export const pointersIn = (db: Database, range: NamespaceRange): Promise<CacheKey[]> =>
  db.transact('readonly', async (store) => {
    const keys = (await promisifyRequest(store.getAllKeys(rangeOf('o', range)))) as [string, string, string][];
    return keys.map(([, namespace, object]) => ({ namespace, object, part: 'o', sizeBytes: 0 }));
  });

/** Note uses of what is still there: a value that was evicted must not come back without its bytes. */
export const writeTouches = (db: Database, touched: readonly Touched<CacheKey>[]): Promise<void> =>
  db.transact('readwrite', (store) =>
    whenAnswered(
      touched.map(({ key }) => store.get(metaKey(key)) as IDBRequest<MetaRow | undefined>),
      (rows) => {
        for (const [i, { key, used }] of touched.entries()) {
          const row = rows[i];
          if (row && row.used < used) store.put({ ...row, used }, metaKey(key));
        }
      },
    ),
  );

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
