/**
 * Reading files: many at once, decoded, each answer a record.
 *
 * @module
 */
import { loadCodec } from '../encoding/codec.ts';
import { encodingOfHeader, type Encoding } from '../encoding/names.ts';
import { CloudError, isCloudError } from '../errors.ts';
import { watched } from '../monitor/watched.ts';
import type { ByteRange, GetResult, ObjectInfo } from '../types.ts';
import { asyncDispose } from '../util/dispose.ts';
import { mapParallel } from '../util/parallel.ts';
import { canList, listFor, type Listed } from './listed.ts';
import { readCandidates, storedEncodingOf } from './names.ts';
import { tellOf, widthOf } from './progress.ts';
import type { FileRecord, FileSet, GetFilesOptions, GetItem, Many } from './types.ts';

async function open(
  files: FileSet,
  path: string,
  range: ByteRange | undefined,
  options: GetFilesOptions,
  expected?: ObjectInfo,
): Promise<GetResult | null> {
  // a page's fetch decodes as well as we do; stored bytes are asked for only where they are wanted
  const storedBytes = options.raw === true || files.context.storedBytes(files.protocol);
  for (const key of readCandidates(files, path)) {
    const { partSizeBytes, cache, signal } = options;
    const result = await files.store.get(key, { range, storedBytes, partSizeBytes, cache, expected, metadata: 'kept', signal });
    if (result) return result;
  }
  return null;
}

const undecodable = (encoding: Encoding, cause?: unknown): CloudError =>
  new CloudError(`a range of ${encoding} data cannot be decoded: read it raw`, { code: 'DecompressionError', operation: 'get', cause });

async function decode(
  files: FileSet,
  bytes: Uint8Array<ArrayBuffer>,
  encoding: Encoding,
  ranged: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  if (ranged) throw undecodable(encoding);
  const codec = await loadCodec(encoding);
  return codec.decompress(bytes, { maxOutputBytes: files.context.options.limits?.maxDecodedBytes });
}

/** A record in which nothing was read yet. */
export function blankRecord(item: GetItem, options: GetFilesOptions): FileRecord {
  const { path, start, end, tags = null } = typeof item === 'string' ? { path: item } : item;
  const byteRange: FileRecord['byteRange'] = [start ?? null, end ?? null];
  return { path, content: null, byteRange, error: null, compress: null, raw: options.raw === true, tags, verified: false };
}

/**
 * Read one file into a record; rejects on failure.
 *
 * @param listed what a listing told of it; what became another since then is read as it is now
 */
export async function getOne(files: FileSet, item: GetItem, options: GetFilesOptions, listed?: ObjectInfo | null): Promise<FileRecord> {
  if (listed === null) return blankRecord(item, options);
  let storedBytes = 0;
  const count = (sizeBytes: number): void => void (storedBytes = sizeBytes);
  const read = async (): Promise<FileRecord> => {
    try {
      return await readOne(files, item, options, count, listed);
    } catch (error) {
      if (listed === undefined || !isCloudError(error, 'PreconditionFailed')) throw error;
      return readOne(files, item, options, count);
    }
  };
  return watched(options.monitor, { path: pathOf(item), direction: 'download' }, read, () => storedBytes);
}

async function readOne(
  files: FileSet,
  item: GetItem,
  options: GetFilesOptions,
  count: (sizeBytes: number) => void,
  listed?: ObjectInfo,
): Promise<FileRecord> {
  const record = blankRecord(item, options);
  const { path, byteRange, raw } = record;
  const [start, end] = byteRange;
  const ranged = start !== null || end !== null;
  const range = ranged ? { start: start ?? 0, end: end ?? undefined } : undefined;
  let result: GetResult | null;
  try {
    result = await open(files, path, range, options, listed);
  } catch (error) {
    // local files: nothing is there, and that is no error
    if (files.suffixed && isCloudError(error, 'RangeNotSatisfiable')) return { ...record, content: new Uint8Array(0) };
    // a page's fetch breaks off at a range that it tries to decode, and does not say why
    const blind = ranged && !raw && !options.signal?.aborted && files.store.capabilities.storedBytes === 'signed';
    const label = blind && encodingOfHeader((await files.store.head(path, { signal: options.signal }))?.contentEncoding);
    throw label ? undecodable(label, error) : error;
  }
  if (!result) return record;
  record.compress = storedEncodingOf(files, result.key, path) ?? encodingOfHeader(result.contentEncoding);
  const bytes = raw && result.decoded ? await result[asyncDispose]() : await result.bytes();
  if (!bytes || (raw && result.decoded)) {
    throw new CloudError(`this runtime decodes ${path} by itself: capability storedBytes`, {
      code: 'NotSupported',
      operation: 'get',
      key: path,
    });
  }
  count(bytes.length);
  record.verified = result.verified;
  const decodes = record.compress !== null && !raw && !result.decoded;
  record.content = decodes ? await decode(files, bytes, record.compress!, ranged) : bytes;
  return record;
}

const pathOf = (item: GetItem): string => (typeof item === 'string' ? item : item.path);

/** All that is to be read, and what one listing tells of it. */
async function lookAhead(files: FileSet, items: Many<GetItem>, options: GetFilesOptions): Promise<{ all: GetItem[]; listed?: Listed }> {
  const all: GetItem[] = [];
  for await (const item of items) all.push(item);
  return all.length < 2 ? { all } : { all, listed: await listFor(files, all.map(pathOf), options) };
}

/** Read many files, each in a record, as they arrive or in order. */
export async function* getMany(
  files: FileSet,
  items: Many<GetItem>,
  options: GetFilesOptions,
): AsyncGenerator<FileRecord, void, undefined> {
  const { signal, ordered } = options;
  const tell = tellOf(files, 'get', options, items);
  const { all, listed } = options.revalidate === 'list' && canList(files) ? await lookAhead(files, items, options) : { all: items };
  const one = async (item: GetItem, _: number, signal: AbortSignal): Promise<FileRecord> => {
    try {
      return await getOne(files, item, { ...options, signal }, listed?.(pathOf(item)));
    } catch (error) {
      if (options.raiseErrors !== false || signal.aborted) throw error;
      return { ...blankRecord(item, options), error: error as Error };
    }
  };
  for await (const record of mapParallel(all, widthOf(files, options.parallel), one, { signal, ordered })) {
    tell(record.path, record.content?.length ?? 0);
    yield record;
  }
}
