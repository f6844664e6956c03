/**
 * Records of uploads in IndexedDB.
 *
 * @module
 */
import type { UseStore } from 'idb-keyval';
import { createDatabase, promisifyRequest } from '../cache/container/idb-database.ts';
import { nameOfThrown } from '../cache/container/trouble.ts';
import { browserLocks, holdIfFree } from '../cache/container/web-lock.ts';
import type { SourceRef, UploadRecord, UploadRecords } from './types.ts';

/** As idb-keyval's, but what is written is on the disk before it is told to be. */
function openStrict(database: string, name: string): UseStore {
  const request = indexedDB.open(database);
  request.onupgradeneeded = () => void request.result.createObjectStore(name);
  const opening = promisifyRequest(request);
  return async (mode, work) => work((await opening).transaction(name, mode, { durability: 'strict' }).objectStore(name));
}

/** WebKit does not keep handles: files of the origin's own disk are found by their path, for others the user is asked again. */
async function withoutHandle(handle: FileSystemFileHandle): Promise<SourceRef> {
  const path = await navigator.storage
    .getDirectory()
    .then((root) => root.resolve(handle))
    .catch(() => null);
  return path ? { kind: 'opfs', path: `/${path.join('/')}` } : { kind: 'repick' };
}

/** Opens the records of a database. Nothing is opened before the first call. */
export function openIdbRecords(name: string): UploadRecords {
  const database = createDatabase(name, openStrict);
  const write = (record: UploadRecord): Promise<unknown> =>
    database.transact('readwrite', (store) => promisifyRequest(store.put(record, record.id)));
  return {
    list: () => database.transact('readonly', (store) => promisifyRequest(store.getAll() as IDBRequest<UploadRecord[]>)),
    get: (id) => database.transact('readonly', (store) => promisifyRequest(store.get(id) as IDBRequest<UploadRecord | undefined>)),
    async put(record) {
      try {
        await write(record);
      } catch (error) {
        if (record.source.kind !== 'handle' || nameOfThrown(error) !== 'DataCloneError') throw error;
        await write({ ...record, source: await withoutHandle(record.source.handle) });
      }
    },
    async remove(id) {
      await database.transact('readwrite', (store) => promisifyRequest(store.delete(id)));
    },
    async hold(id) {
      const release = await holdIfFree(browserLocks(), `anyfile-upload:${id}`);
      return release && (async () => release());
    },
  };
}
