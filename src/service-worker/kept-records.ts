/**
 * Keys of the day on the disk, for mounts that ask for it. The browser keeps the CryptoKey without ever showing its bytes; records that have
 * ended are removed whenever there is something to do. Not by idb-keyval: a worker's file must name no package.
 *
 * @module
 */
import type { MountRecord } from './types.ts';

const DATABASE = 'anyfile-mounts-1';
const STORE = 'records';

/** @param makes whether the database is made where there is none; else there is nothing to look at */
function open(makes: boolean): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE);
    request.onupgradeneeded = () => {
      if (makes) request.result.createObjectStore(STORE);
      else request.transaction?.abort();
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function transact<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>, makes = false): Promise<T> {
  const database = await open(makes);
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

/** Keeps a record. Rejects with what IndexedDB says. */
export async function keepRecord(id: string, record: MountRecord): Promise<void> {
  await transact(
    'readwrite',
    (store) => {
      const cursors = store.openCursor();
      cursors.onsuccess = () => {
        const cursor = cursors.result;
        if (!cursor) return;
        if (!((cursor.value as MountRecord).expiresAt > Date.now())) cursor.delete();
        cursor.continue();
      };
      return store.put(record, id);
    },
    true,
  );
}

/** The record, if there is one that has not ended. Never rejects: who has none asks a page. */
export async function keptRecord(id: string): Promise<MountRecord | undefined> {
  try {
    const record = await transact('readonly', (store) => store.get(id) as IDBRequest<MountRecord | undefined>);
    return record && record.expiresAt > Date.now() ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a record, where there is one. */
export async function dropRecord(id: string): Promise<void> {
  // a database that is not there holds nothing
  await transact('readwrite', (store) => store.delete(id)).catch(() => {});
}
