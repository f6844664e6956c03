/**
 * Files from one place to another: stored bytes as they are, with their type, encoding, cache control and metadata.
 *
 * @module
 */
import { loadCodec } from '../encoding/codec.ts';
import { encodingOfHeader, parseEncoding, type Encoding, type EncodingOption } from '../encoding/names.ts';
import { isCloudError } from '../errors.ts';
import { openLocation } from '../open/open-store.ts';
import type { Body, ObjectInfo, ObjectStore, PutOptions, PutResult } from '../types.ts';
import { formatUrl } from '../url/format.ts';
import { joinKey } from '../url/key.ts';
import { asyncDispose } from '../util/dispose.ts';
import { mapParallel } from '../util/parallel.ts';
import { notThere } from './change.ts';
import { headerOf, keyFor, plainType, readCandidates, shownName, storedEncodingOf } from './names.ts';
import { tellOf, widthOf } from './progress.ts';
import type { FileSet, Many, ManyOptions } from './types.ts';

/** One file to transfer: a name, perhaps with another name at the destination. */
export type TransferItem = string | readonly [path: string, destPath: string] | { path: string; destPath?: string | undefined };

/** Options of transfers. */
export interface TransferOptions extends Omit<ManyOptions, 'parallel'> {
  /** @default all files */
  paths?: Many<TransferItem> | undefined;
  /** Files in flight; 0 for the default. @default 64 */
  blockSize?: number | undefined;
  /** Encode anew; `none` decodes. @default as stored */
  reencode?: EncodingOption;
  contentType?: string | undefined;
  /** A missing file is no error: from a disk it becomes an empty one, from elsewhere nothing. @default false */
  allowMissing?: boolean | undefined;
  /**
   * Go on from what an earlier transfer left. Accepted for the time being without an effect: a body that is cut is taken up where it
   * ended within the call, and what could not be ended leaves nothing behind.
   */
  resumable?: boolean | undefined;
}

/** One file, and under which key it is where that is known. */
interface Item {
  path: string;
  destPath?: string | undefined;
  key?: string | undefined;
}

/** What a transfer of one file did. */
interface Transferred {
  /** Where it was. */
  key: string;
  sizeBytes: number;
  /** It is where it was: source and destination are one. */
  stays: boolean;
}

const itemOf = (item: TransferItem | Item): Item =>
  typeof item === 'string' ? { path: item } : 'path' in item ? item : { path: item[0], destPath: item[1] };

/** All that a place holds, by the keys under which it is stored: of `a` and `a.gz`, which are both called `a`, none is left behind. */
export async function* storedItems({ store, ...files }: FileSet, { signal }: ManyOptions): AsyncGenerator<Item, void, undefined> {
  for await (const page of store.list({ signal })) {
    for (const { key } of page.objects) yield { path: shownName({ store, ...files }, key), key };
  }
}

/** One text for one object, however its place was spelt. */
const addressOf = ({ location }: FileSet, key: string): string =>
  formatUrl({ ...location, alias: null, format: 'precomputed', path: joinKey(location.path, key) });

/** A store in which both places are, when one server holds both and copies by itself. */
function sharedStore(from: FileSet, to: FileSet): { store: ObjectStore; fromPrefix: string; toPrefix: string } | undefined {
  if (from.store === to.store) return { store: from.store, fromPrefix: '', toPrefix: '' };
  const rootOf = ({ location }: FileSet): string => formatUrl({ ...location, format: 'precomputed', path: '' });
  if (from.context !== to.context || from.location.bucket === null || rootOf(from) !== rootOf(to)) return undefined;
  const prefixOf = ({ location: { path } }: FileSet): string => (path && !path.endsWith('/') ? `${path}/` : path);
  return { store: openLocation(from.context, { ...from.location, path: '' }), fromPrefix: prefixOf(from), toPrefix: prefixOf(to) };
}

function putOptions(from: ObjectInfo, to: FileSet, encoding: Encoding | null, options: TransferOptions): PutOptions {
  const { contentDisposition, contentLanguage, cacheControl, metadata } = from;
  const { capabilities } = to.store;
  const contentType = options.contentType ?? from.contentType ?? plainType(to);
  const contentEncoding = headerOf(to, encoding);
  return {
    signal: options.signal,
    ...(capabilities.headers && { contentType, contentDisposition, contentLanguage, cacheControl, contentEncoding }),
    ...(capabilities.metadata && { metadata }),
  };
}

/** What goes through in one piece: a stream costs more than it spares. Stores of the net put together as much anyway. */
const smallBytes = 0x1000000;
const smallToDiskBytes = 0x40000;

/** From one key. `null` when nothing is there. */
async function transferKey(
  from: FileSet,
  key: string,
  path: string,
  to: FileSet,
  destPath: string,
  options: TransferOptions,
  last = false,
): Promise<Transferred | null> {
  const { signal, reencode } = options;
  const reencodes = reencode !== undefined && reencode !== null;
  const named = storedEncodingOf(from, key, path);
  const address = addressOf(from, key);
  const shared = reencodes || options.contentType ? undefined : sharedStore(from, to);
  if (shared?.store.copy) {
    // within one bucket the bytes need not come here
    const { store, fromPrefix, toPrefix } = shared;
    const dest = keyFor(to, destPath, named);
    const stays = address === addressOf(to, dest);
    const done = stays ? await from.store.head(key, { signal }) : await store.copy!(fromPrefix + key, toPrefix + dest, { signal });
    if (!done) return null;
    return { key, stays, sizeBytes: done.sizeBytes ?? (await to.store.head(dest, { signal }))?.sizeBytes ?? 0 };
  }
  const { storedBytes, metadata } = from.store.capabilities;
  // a GET does not show everything to a page
  const info = storedBytes === true || !metadata ? undefined : await from.store.head(key, { signal });
  // no label, or a hidden one: then the page decodes, and the bytes are right without
  const result = info === null ? null : await from.store.get(key, { signal, ...(info && !info.contentEncoding && { storedBytes: false }) });
  if (!result) return null;
  try {
    const about = info ?? result;
    // whether a runtime has decoded is known at the end
    const small = storedBytes === true && result.sizeBytes <= (to.store.isFolder ? smallToDiskBytes : smallBytes);
    let bytes = small || (storedBytes === false && about.contentEncoding) ? await result.bytes() : undefined;
    const stored: Encoding | null = named ?? (from.suffixed || result.decoded ? null : encodingOfHeader(about.contentEncoding));
    const wanted = reencodes ? parseEncoding(reencode) : stored;
    if (wanted !== stored) {
      const codec = wanted && (await loadCodec(wanted));
      bytes ??= await result.bytes();
      if (stored)
        bytes = await (await loadCodec(stored)).decompress(bytes, { maxOutputBytes: from.context.options.limits?.maxDecodedBytes });
      if (codec) bytes = await codec.compress(bytes);
    }
    const body: Body = bytes ?? result.stream();
    const sizeBytes = bytes?.length ?? (storedBytes === true ? result.sizeBytes : undefined);
    const dest = keyFor(to, destPath, wanted);
    let put: PutResult;
    try {
      put = await to.store.put(dest, body, { ...putOptions(about, to, wanted, options), sizeBytes });
    } catch (error) {
      // bytes that were not those of the source: no store keeps a body that breaks off, so all can be done once more
      if (last || bytes || !isCloudError(error, 'IntegrityError') || error.operation !== 'get') throw error;
      return await transferKey(from, key, path, to, destPath, options, true);
    }
    return { key, stays: address === addressOf(to, dest), sizeBytes: put.sizeBytes ?? sizeBytes ?? 0 };
  } finally {
    await result[asyncDispose]();
  }
}

/** Copy one file. `null` when the source is not there. */
async function transferOne(from: FileSet, item: Item, to: FileSet, options: TransferOptions): Promise<Transferred | null> {
  const { path, destPath = path, key } = item;
  for (const at of key === undefined ? readCandidates(from, path) : [key]) {
    const done = await transferKey(from, at, path, to, destPath, options);
    if (done) return done;
  }
  return null;
}

/** Copy many files. @returns their number. NotFound for a missing one, unless `allowMissing`. */
export async function transferMany(
  from: FileSet,
  to: FileSet,
  paths: Many<TransferItem | Item>,
  options: TransferOptions,
): Promise<number> {
  const tell = tellOf(to, 'transfer', options, paths);
  const width = widthOf(from, options.blockSize, 64);
  const one = async (given: TransferItem | Item, _: number, signal: AbortSignal): Promise<boolean> => {
    const item = itemOf(given);
    const done = await transferOne(from, item, to, { ...options, signal });
    if (!done) {
      if (!options.allowMissing) throw notThere(item.path, 'transfer');
      if (from.store.isFolder) await to.store.put(item.destPath ?? item.path, new Uint8Array(0), { signal });
    }
    tell(item.path, done?.sizeBytes ?? 0);
    return done !== null;
  };
  let count = 0;
  for await (const done of mapParallel(paths, width, one, { signal: options.signal })) if (done) count++;
  return count;
}

/** Move many files: each is taken away once it is there. @returns their number. NotFound for a missing one. */
export async function moveMany(from: FileSet, to: FileSet, paths: Many<TransferItem>, options: TransferOptions): Promise<number> {
  const tell = tellOf(to, 'move', options, paths);
  const width = widthOf(from, options.blockSize, 64);
  const one = async (given: TransferItem, _: number, signal: AbortSignal): Promise<void> => {
    const item = itemOf(given);
    const done = await transferOne(from, item, to, { ...options, signal });
    if (!done) throw notThere(item.path, 'move');
    // only what was moved: of `a` and `a.gz` the other one stays
    if (!done.stays) await from.store.delete(done.key, { signal });
    tell(item.path, done.sizeBytes);
  };
  let count = 0;
  for await (const _ of mapParallel(paths, width, one, { signal: options.signal })) count++;
  return count;
}
