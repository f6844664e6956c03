/**
 * How files lie in IndexedDB: one store with array keys. Bytes are written first, under an id that nothing names; the entry that names it
 * comes, and the old one goes, in one transaction.
 *
 * - `['n', folder, name]`: {@link Entry}
 * - `['b', id, at]`: bytes of a file, in pieces
 * - `['p', id]`: when bytes were last written that no entry names yet, in ms since 1970
 *
 * @module
 */
import { promisifyRequest } from '../../cache/container/idb-database.ts';
import { CloudError, isCloudError, type ErrorCode } from '../../errors.ts';
import type { DiskStat } from '../../platform/types.ts';

/** What stands at a path. */
export interface Entry {
  readonly kind: 'file' | 'directory';
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  /** Of the bytes; it is the version too. */
  readonly id: string;
  /** All bytes of a file that has few. */
  readonly bytes?: ArrayBuffer;
}

/** How bytes are stored. */
export type Piece = ArrayBuffer | Blob;

/** The store of a transaction. */
export type Rows = IDBObjectStore;

/** What is above a path; the root is `''`. */
export const folderOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

const trim = (path: string): string => path.replace(/\/+$/, '');
const keyOf = (path: string): IDBValidKey => ['n', folderOf(path), path.slice(path.lastIndexOf('/') + 1)];
const root: Entry = { kind: 'directory', sizeBytes: 0, mtimeMs: 0, id: '' };

/** Entries of a folder. */
export const rangeOfFolder = (path: string): IDBKeyRange => IDBKeyRange.bound(['n', trim(path)], ['n', trim(path), []]);

/** What is kept in the entry itself. */
export const INLINE_BYTES = 4096;

/** Bytes of an id, from a place on. */
export const rangeOfBytes = (id: string, from = 0): IDBKeyRange => IDBKeyRange.bound(['b', id, from], ['b', id, []]);

/** What stands at a path. */
export async function entryAt(rows: Rows, path: string): Promise<Entry | undefined> {
  const at = trim(path);
  return at === '' ? root : ((await promisifyRequest(rows.get(keyOf(at)))) as Entry | undefined);
}

/** As disks say it. */
export const statOf = (entry: Entry | undefined): DiskStat | null =>
  entry ? { kind: entry.kind, sizeBytes: entry.sizeBytes, mtimeMs: entry.mtimeMs, version: entry.kind === 'file' ? entry.id : '' } : null;

/** Refuses a path that is a folder, or below a file. */
export async function checkPath(rows: Rows, path: string): Promise<Entry | undefined> {
  const entry = await entryAt(rows, path);
  if (entry?.kind === 'directory') throw failure('AlreadyExists', 'a folder is in the way', 'put', path);
  for (let at = folderOf(path); !entry && at !== ''; at = folderOf(at)) {
    const above = await entryAt(rows, at);
    if (above?.kind === 'directory') break;
    if (above) throw failure('AlreadyExists', 'a file is in the way', 'put', path);
  }
  return entry;
}

/** Makes a folder and those above it. @throws CloudError `AlreadyExists`: a file is in the way */
export async function makeFolders(rows: Rows, path: string): Promise<void> {
  for (let at = trim(path); at !== ''; at = folderOf(at)) {
    const entry = await entryAt(rows, at);
    if (entry?.kind === 'directory') return;
    if (entry) throw failure('AlreadyExists', 'a file is in the way', 'mkdir', path);
    rows.put({ ...root, mtimeMs: Date.now() }, keyOf(at));
  }
}

/** Puts an entry in the place of what was there. */
export async function putEntry(rows: Rows, path: string, entry: Entry): Promise<void> {
  const old = await entryAt(rows, path);
  if (old?.kind === 'directory' && entry.kind === 'file') throw failure('AlreadyExists', 'a folder is in the way', 'put', path);
  await makeFolders(rows, folderOf(path));
  if (old?.kind === 'file' && !old.bytes) rows.delete(rangeOfBytes(old.id));
  rows.put(entry, keyOf(path));
}

/** Takes an entry away, with the bytes of a file. */
export function removeEntry(rows: Rows, path: string, entry: Entry): void {
  if (entry.kind === 'file' && !entry.bytes) rows.delete(rangeOfBytes(entry.id));
  rows.delete(keyOf(path));
}

/** What is in a folder, in the order of names. */
export async function entriesIn(rows: Rows, path: string): Promise<[name: string, entry: Entry][]> {
  const range = rangeOfFolder(path);
  const [keys, entries] = await Promise.all([promisifyRequest(rows.getAllKeys(range)), promisifyRequest(rows.getAll(range))]);
  return keys.map((key, i) => [(key as string[])[2]!, entries[i] as Entry]);
}

/** An error of a disk. */
export const failure = (code: ErrorCode, message: string, operation: string, key: string): CloudError =>
  new CloudError(message, { code, operation, key, retryable: code === 'ObjectChanged' });

const codes: Record<string, ErrorCode> = { QuotaExceededError: 'QuotaExceeded', SecurityError: 'PermissionDenied' };

/** Makes a CloudError of what IndexedDB threw, which may be nothing at all; aborts and CloudErrors pass as they are. */
export function storageError(error: unknown, operation: string, path: string, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return signal.reason;
  if (isCloudError(error)) return error;
  const name = (error as { name?: string } | null | undefined)?.name ?? 'UnknownError';
  const code = codes[name] ?? 'NotSupported';
  return new CloudError(`${operation} failed: ${name}`, { code, operation, key: path, providerCode: name, cause: error });
}
