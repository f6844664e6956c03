/**
 * What it takes to go on with uploads after a restart.
 *
 * @module
 */
import { absolutePath, openDisk } from '#platform';
import { CloudError } from '../errors.ts';
import { openStore } from '../open/open-store.ts';
import type { ObjectStore } from '../types.ts';
import { startJob } from './job.ts';
import type { PendingUpload, ResumeOptions, UploadJournal, UploadRecord, UploadRecords } from './types.ts';
import { usualConcurrency } from './upload-file.ts';

/** Options of {@link openUploadJournal}. */
export interface UploadJournalOptions {
  /** Where records are kept, in Node, Bun and Deno: a folder of their own, made on demand. */
  folder?: string | undefined;
  /** In pages and workers: the name of an IndexedDB database. @default 'anyfile-uploads' */
  name?: string | undefined;
  /** Records kept elsewhere, in place of both. */
  records?: UploadRecords | undefined;
}

const refuse = (code: 'InvalidArgument' | 'PreconditionFailed' | 'NotFound', what: string, key?: string): CloudError =>
  new CloudError(what, { code, operation: 'put', key, retryable: false });

async function openFolder(folder: string): Promise<UploadRecords> {
  const [disk, { openFolderRecords }] = await Promise.all([openDisk(), import('./journal-folder.ts')]);
  if (!disk) throw new CloudError('there is no disk here for a journal', { code: 'NotSupported', operation: 'put' });
  return openFolderRecords(disk, absolutePath(folder).replace(/(?<=.)\/+$/, ''));
}

/** Records that are opened by the first call. */
function lazyRecords(open: () => Promise<UploadRecords>): UploadRecords {
  let opened: Promise<UploadRecords> | undefined;
  const records = (): Promise<UploadRecords> => (opened ??= open());
  return {
    list: async () => (await records()).list(),
    get: async (id) => (await records()).get(id),
    put: async (record) => (await records()).put(record),
    remove: async (id) => (await records()).remove(id),
    hold: async (id) => (await records()).hold(id),
  };
}

function recordsFor({ records, folder, name = 'anyfile-uploads' }: UploadJournalOptions): UploadRecords {
  if (records) return records;
  if (folder !== undefined) return lazyRecords(() => openFolder(folder));
  if (!('indexedDB' in globalThis)) throw refuse('InvalidArgument', 'a journal needs the option folder where there is no IndexedDB');
  return lazyRecords(async () => (await import('./journal-idb.ts')).openIdbRecords(name));
}

const shown = ({ id, url, key, source, fingerprint, begun }: UploadRecord): PendingUpload => ({ id, url, key, source, fingerprint, begun });

/**
 * Open the journal of uploads: in pages and workers an IndexedDB database, elsewhere a folder of JSON files. Holds no credentials. Opens nothing by
 * itself. An upload is one page's or process's at a time; that of a process that was killed is free again after ten seconds.
 *
 * What a process leaves behind that ends in the moment between the beginning of an upload and its record, nobody knows of but `store.listUploads`.
 *
 * @throws CloudError `InvalidArgument` no folder, where there is no IndexedDB
 * @example
 * const journal = openUploadJournal();
 * for (const { id, key } of await journal.list()) {
 *   const job = await journal.resume(id, await pickAgain(key), { client });
 *   await job.done;
 * }
 */
export function openUploadJournal(options: UploadJournalOptions = {}): UploadJournal {
  const records = recordsFor(options);

  /** A record that is this caller's alone, and its store. */
  async function take(id: string, o: ResumeOptions): Promise<{ record: UploadRecord; store: ObjectStore; release: () => Promise<void> }> {
    const release = await records.hold(id);
    if (!release) throw refuse('PreconditionFailed', 'another page or process is at this upload');
    try {
      const record = await records.get(id);
      if (!record) throw refuse('NotFound', 'there is no such upload in the journal');
      const { store = openStore(record.url, o) } = o;
      if (store.url !== record.url) throw refuse('InvalidArgument', `this upload goes to ${record.url}`, record.key);
      if (!store.multipart) throw new CloudError('this store has no uploads in parts', { code: 'NotSupported', operation: 'put' });
      return { record, store, release };
    } catch (error) {
      await release();
      throw error;
    }
  }

  return {
    records,
    list: async () => (await records.list()).map(shown),
    async resume(id, source, o = {}) {
      const { record, store, release } = await take(id, o);
      const { key, partBytes, fingerprint } = record;
      try {
        const { fingerprintOf, openSource, sameFingerprint } = await import('./source.ts');
        const opened = await openSource(source ?? record.source, o);
        try {
          if (!sameFingerprint(await fingerprintOf(opened, o), fingerprint))
            throw refuse('PreconditionFailed', 'this is not the file that was uploaded before', key);
        } catch (error) {
          await opened.close();
          throw error;
        }
        const { signal, concurrency = usualConcurrency } = o;
        const common = { id, store, key, partBytes, concurrency, records, record, release, signal };
        return startJob({ ...common, options: record.options, source: async () => opened });
      } catch (error) {
        await release();
        throw error;
      }
    },
    async abort(id, o = {}) {
      const { record, store, release } = await take(id, o);
      try {
        const { key, uploadId, partBytes } = record;
        const upload = await store.multipart!(key, { id: uploadId, partBytes, signal: o.signal });
        await upload.abort({ signal: o.signal });
        await records.remove(id);
      } finally {
        await release();
      }
    },
    forget: (id) => records.remove(id),
  };
}
