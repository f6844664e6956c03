/**
 * One IndexedDB database as transactions, over idb-keyval. It opens on use and again when the connection was closed, and stands in nobody's
 * way who wants to delete it.
 *
 * @module
 */
import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { nameOfThrown } from './trouble.ts';

export { promisifyRequest };

/** How a store is opened: idb-keyval's `createStore`, or what stands for it in tests. */
export type OpenStore = (database: string, store: string) => UseStore;

/** See {@link createDatabase}. */
export interface Database {
  /**
   * Run requests in one transaction. Nothing but requests may be awaited in `work`, or the transaction ends before it; requests that follow
   * others are made by {@link whenAnswered}.
   *
   * @returns what `work` gives, once what it wrote is committed
   * @throws whatever the platform throws, which may be `null`
   */
  transact<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T>;
  /** Close the connection; it opens again on use. */
  close(): void;
}

/**
 * Go on when some requests of a transaction have been answered, in the event of the last one: the transaction is active then for certain. In
 * Firefox what follows a promise of several events may come after them, when it is not.
 *
 * @returns what `next` gives
 */
export const whenAnswered = <const Requests extends readonly IDBRequest[], T>(
  requests: Requests,
  next: (results: { -readonly [K in keyof Requests]: Requests[K] extends IDBRequest<infer R> ? R : never }) => T,
): Promise<T> =>
  new Promise((resolve, reject) => {
    // They are answered in order, and when one fails all behind it do.
    const last = requests.at(-1)!;
    last.addEventListener('error', () => reject(last.error));
    last.addEventListener('success', () => {
      try {
        resolve(next(requests.map(({ result }) => result as unknown) as Parameters<typeof next>[0]));
      } catch (error) {
        reject(error);
      }
    });
  });

/**
 * A database with one store, `e`.
 *
 * @param open @default createStore of idb-keyval
 */
export function createDatabase(name: string, open: OpenStore = createStore): Database {
  let use: UseStore | undefined;
  let connection: IDBDatabase | undefined;
  let opened = false;

  const close = (): void => {
    connection?.close();
    connection = undefined;
    use = undefined;
  };
  /** idb-keyval does not listen: a deletion would wait until this page ends. */
  const watch = (db: IDBDatabase): void => {
    opened = true;
    if (db === connection) return;
    connection = db;
    db.addEventListener('versionchange', () => {
      if (db === connection) close();
      else db.close();
    });
  };
  const attempt = <T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => Promise<T>): Promise<T> =>
    (use ??= open(name, 'e'))(mode, async (store) => {
      const { transaction } = store;
      watch(transaction.db);
      const done = promisifyRequest(transaction);
      done.catch(() => {});
      try {
        const result = await work(store);
        // What was read was read, whatever becomes of the transaction: waiting for its end takes as long again.
        if (mode === 'readonly') return result;
        await done;
        return result;
      } catch (error) {
        // A request says only that its transaction was aborted; the transaction knows why, or has no reason at all.
        const reason: unknown = transaction.error ?? error;
        try {
          transaction.abort();
        } catch {
          // It has ended already.
        }
        throw reason;
      }
    });

  return {
    async transact(mode, work) {
      const known = opened;
      const before = use;
      try {
        return await attempt(mode, work);
      } catch (error) {
        const name = nameOfThrown(error);
        // In Firefox a transaction was seen to be inactive too soon. Nothing was written in it, and the next one is well.
        if (name === 'TransactionInactiveError') return await attempt(mode, work);
        // A connection that was closed under us, for which idb-keyval goes on.
        if (!known || name !== 'InvalidStateError') throw error;
        if (use === before) close();
        return await attempt(mode, work);
      }
    },
    close,
  };
}
