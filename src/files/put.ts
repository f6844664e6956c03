/**
 * Writing files, encoded on the way.
 *
 * @module
 */
import { loadCodec } from '../encoding/codec.ts';
import { parseEncoding, suffixes, type Encoding } from '../encoding/names.ts';
import { CloudError } from '../errors.ts';
import type { Body } from '../types.ts';
import { gatherBody } from '../util/body.ts';
import { mapParallel } from '../util/parallel.ts';
import { keyFor } from './names.ts';
import type { FileSet, PutFilesOptions, PutItem } from './types.ts';

/** GCS says `bz2` and S3 says `bzip2`, as cloud-files writes them; readers take both. */
const headerOf = (files: FileSet, encoding: Encoding | null): string | undefined =>
  encoding === 'bz2' && files.protocol === 's3' ? 'bzip2' : (encoding ?? undefined);

async function encoded(body: Body, encoding: Encoding | null, options: PutFilesOptions): Promise<Body> {
  if (!encoding || options.raw) return body;
  const codec = await loadCodec(encoding);
  const bytes = await gatherBody(body, { signal: options.signal });
  return codec.compress(bytes, { level: options.compressionLevel });
}

/** Write one file. */
export async function putOne(files: FileSet, path: string, body: Body, options: PutFilesOptions): Promise<void> {
  const encoding = parseEncoding(options.compress);
  const { contentType, cacheControl, storageClass, metadata, signal } = options;
  const content = await encoded(body, encoding, options);
  const key = files.protocol === 'mem' && encoding ? path + suffixes[encoding] : keyFor(files, path, encoding);
  const plain = { signal };
  const headers = { contentType, cacheControl, storageClass, metadata, contentEncoding: files.suffixed ? undefined : headerOf(files, encoding) };
  await files.store.put(key, content, files.store.capabilities.headers ? { ...plain, ...headers } : { ...plain, metadata });
}

const isPair = (item: PutItem): item is readonly [string, Body] => Array.isArray(item);

/** Write many files. @returns how many. InvalidArgument when a path comes twice. */
export async function putMany(files: FileSet, items: Iterable<PutItem> | AsyncIterable<PutItem>, options: PutFilesOptions): Promise<number> {
  const { parallel, ...rest } = options;
  const seen = new Set<string>();
  const check = (item: PutItem): void => {
    const path = isPair(item) ? item[0] : item.path;
    if (seen.has(path)) throw new CloudError(`${path} is given twice`, { code: 'InvalidArgument', operation: 'put', key: path });
    seen.add(path);
  };
  const known = Array.isArray(items);
  // an array is looked through before anything is written
  if (known) (items as PutItem[]).forEach(check);
  const one = async (item: PutItem, _: number, signal: AbortSignal): Promise<void> => {
    if (!known) check(item);
    if (isPair(item)) return putOne(files, item[0], item[1], { ...rest, signal });
    const { path, content, ...own } = item;
    const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
    return putOne(files, path, content, { ...rest, ...given, signal });
  };
  let count = 0;
  const width = parallel ?? files.context.options.concurrency ?? 32;
  for await (const _ of mapParallel(items, width, one, { signal: options.signal, ordered: false })) count++;
  return count;
}
