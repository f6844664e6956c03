/**
 * Asking about files without reading them.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { AbortOptions, ListPage, ObjectInfo } from '../types.ts';
import { encodingOfName } from '../encoding/names.ts';
import { throwIfAborted } from '../util/abort.ts';
import { mapParallel } from '../util/parallel.ts';
import { compareUtf8 } from '../util/utf8.ts';
import { findFile, shownName } from './names.ts';
import { widthOf } from './progress.ts';
import type { FileHead, FileSet, ListFilesOptions, Many } from './types.ts';

/** One answer for one name, a record of answers for many. */
export async function askEach<T>(
  files: FileSet,
  paths: Many<string>,
  ask: (path: string) => Promise<T>,
  options: AbortOptions,
): Promise<Record<string, T>> {
  const answers: [string, T][] = [];
  const one = async (path: string): Promise<[string, T]> => [path, await ask(path)];
  for await (const pair of mapParallel(paths, widthOf(files, undefined), one, { signal: options.signal, ordered: true }))
    answers.push(pair);
  return Object.fromEntries(answers);
}

/** Whether a file is there; on disks also a folder. */
export async function existsOne(files: FileSet, path: string, options: AbortOptions): Promise<boolean> {
  const { isFolder } = files.store;
  if (isFolder && (await isFolder(path.replace(/\/$/, ''), options))) return true;
  // `a/` is no file on a disk, and may be an object in a bucket
  return !(isFolder && path.endsWith('/')) && (await findFile(files, path, options)) !== null;
}

/** Info of a file under HTTP's names as well, or `null`. */
export async function headOne(files: FileSet, path: string, options: AbortOptions): Promise<FileHead | null> {
  const found = await findFile(files, path, options);
  if (!found) return null;
  const { key, info } = found;
  const contentEncoding = info.contentEncoding ?? (files.suffixed ? (encodingOfName(key) ?? undefined) : undefined);
  return {
    ...info,
    key: shownName(files, info.key),
    ...(contentEncoding ? { contentEncoding } : {}),
    'Cache-Control': info.cacheControl ?? null,
    'Content-Length': info.sizeBytes,
    'Content-Type': info.contentType ?? null,
    ETag: info.etag ?? null,
    'Last-Modified': info.lastModified ?? null,
    'Content-Md5': info.md5 ?? null,
    'Content-Encoding': contentEncoding ?? null,
    'Content-Disposition': info.contentDisposition ?? null,
    'Content-Language': info.contentLanguage ?? null,
    'Storage-Class': info.storageClass ?? null,
    'Request-Charged': null,
    'Parts-Count': info.parts ?? null,
  };
}

/** Size of the stored bytes, or `null`. */
export async function sizeOne(files: FileSet, path: string, options: AbortOptions): Promise<number | null> {
  return (await findFile(files, path, options))?.info.sizeBytes ?? null;
}

/** Whether anything is below a prefix. Buckets have no folders: a name that ends in `/` is one by its looks. */
export async function isDir(files: FileSet, prefix: string, options: AbortOptions): Promise<boolean> {
  throwIfAborted(options.signal);
  if (files.store.isFolder) return files.store.isFolder(prefix.replace(/\/$/, ''), options);
  if (prefix === '' || prefix.endsWith('/')) return true;
  for await (const page of files.store.list({ ...options, prefix: `${prefix}/`, pageSize: 1 })) {
    if (page.objects.length + page.prefixes.length > 0) return true;
  }
  return false;
}

/** Entries of a listing with their stored size; folders have none. */
export async function* listEntries(files: FileSet, options: ListFilesOptions): AsyncGenerator<{ name: string; info?: ObjectInfo }> {
  const { prefix = '', flat = false, signal } = options;
  const pages = files.store.list({ prefix, signal, ...(flat ? { delimiter: '/' } : {}) });
  let empty = true;
  const entries = (page: ListPage): { name: string; info?: ObjectInfo }[] =>
    [...page.objects.map((info) => ({ name: shownName(files, info.key), info })), ...page.prefixes.map((name) => ({ name }))].sort((a, b) =>
      compareUtf8(a.name, b.name),
    );
  for await (const page of pages) {
    const all = entries(page);
    // `list dir` without a slash means what is in it, when nothing else begins so
    if (flat && empty && all.length === 1 && prefix !== '' && all[0]!.name === `${prefix}/` && files.protocol !== 'mem') {
      yield* listEntries(files, { ...options, prefix: `${prefix}/` });
      return;
    }
    empty &&= all.length === 0;
    yield* all;
  }
  if (flat && empty && files.store.isFolder && !(await files.store.isFolder(prefix.replace(/[^/]*$/, '').replace(/\/$/, ''), { signal }))) {
    throw new CloudError('no such folder', { code: 'NotFound', operation: 'list', url: files.store.url, key: prefix });
  }
}

/** Number of files and stored bytes below a prefix. */
export async function subtreeSize(files: FileSet, prefix: string, options: AbortOptions): Promise<{ N: number; num_bytes: number }> {
  const total = { N: 0, num_bytes: 0 };
  for await (const page of files.store.list({ ...options, prefix })) {
    for (const { sizeBytes } of page.objects) {
      total.N++;
      total.num_bytes += sizeBytes;
    }
  }
  return total;
}
