/**
 * Files from one place to another: stored bytes as they are, with their type, encoding, cache control and metadata.
 *
 * @module
 */
import { loadCodec } from '../encoding/codec.ts';
import { encodingOfHeader, parseEncoding, type Encoding, type EncodingOption } from '../encoding/names.ts';
import { isCloudError } from '../errors.ts';
import { asFolder, openLocation } from '../open/open-store.ts';
import type { IoDirection } from '../monitor/types.ts';
import { watched } from '../monitor/watched.ts';
import { roomOf } from '../store/in-flight.ts';
import type { Body, CopyOptions, ObjectInfo, ObjectStore, PutOptions, PutResult } from '../types.ts';
import type { UploadJournal } from '../uploads/types.ts';
import { formatUrl } from '../url/format.ts';
import { joinKey } from '../url/key.ts';
import { asyncDispose } from '../util/dispose.ts';
import { mapParallel } from '../util/parallel.ts';
import { chunksOf } from '../util/streams.ts';
import { notThere } from './change.ts';
import { headerOf, keyFor, nameFor, plainType, readCandidates, storedEncodingOf } from './names.ts';
import { isHeard, tellOf, widthOf } from './progress.ts';
import type { FileSet, Many, ManyOptions } from './types.ts';
import { readWhole, type Whole } from './whole.ts';

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
  /** Wait until what is written to a disk outlasts a power cut: for sources that go away afterwards, as in moves. @default false */
  durable?: boolean | undefined;
  /**
   * Go on from what an earlier call left, where it was aborted, failed or its program ended. Holds for files of a disk that go, as they are stored, to a
   * bucket: those larger than a part are sent in parts and kept in a journal until they are there; a call for the same file and place asks the store
   * which parts it has and sends the others. A file that changed since begins anew. Elsewhere a file that was not ended begins anew by itself: it leaves
   * nothing behind. `true` keeps them in `$CLOUD_FILES_DIR/uploads` (`~/.cloudfiles/uploads`), in pages in IndexedDB; `openUploadJournal` opens other
   * journals. @default false
   */
  resumable?: boolean | UploadJournal | undefined;
  /** Size of the parts of `resumable`, in bytes, at least 5 MiB. @default 16 MiB, in pages 8 MiB */
  partBytes?: number | undefined;
  /** A missing file is no error: from a disk it becomes an empty one, from elsewhere nothing. @default false */
  allowMissing?: boolean | undefined;
}

/** What is encoded anew in memory, where encoders pack best; above it goes through them as a stream. */
const WHOLE_BYTES = 0x400_0000;

/** One file, and under which key it is where that is known. */
export interface Item {
  path: string;
  destPath?: string | undefined;
  key?: string | undefined;
}

/** What a transfer of one file did. */
export interface Transferred {
  /** Where it was. */
  key: string;
  /** 0 when nobody is told and the service does not say. */
  sizeBytes: number;
  /** It is where it was: source and destination are one. */
  stays: boolean;
  /** The key that it has now; `undefined` where that need not be known. */
  dest?: string;
  /** The version that was read, as `ifMatch` takes it. */
  version?: string | undefined;
}

/** A file to transfer, however it was named. */
export const itemOf = (item: TransferItem | Item): Item =>
  typeof item === 'string' ? { path: item } : 'path' in item ? item : { path: item[0], destPath: item[1] };

/** All that a place holds, by the keys under which it is stored: of `a` and `a.gz`, which are both called `a`, each arrives under a name of its own. */
export async function* storedItems(files: FileSet, { signal }: ManyOptions): AsyncGenerator<Item, void, undefined> {
  for await (const page of files.store.list({ signal })) {
    for (const { key } of page.objects) yield { path: await nameFor(files, key, signal), key };
  }
}

/** One text for one object, however its place was spelt. */
const addressOf = ({ location }: FileSet, key: string): string =>
  formatUrl({ ...location, alias: null, format: 'precomputed', path: joinKey(location.path, key) });

/** A version as a DELETE takes it for a condition. An ETag of GCS is another one in each of its APIs, and a weak one may not be compared. */
const versionOf = ({ protocol, store }: FileSet, { etag, generation }: ObjectInfo): string | undefined =>
  !store.capabilities.conditionalWrites ? undefined : protocol === 'gs' ? generation : etag?.startsWith('W/') ? undefined : etag;

/** A store that copies by itself from where a file is to where it is to be. */
interface SharedStore {
  store: ObjectStore;
  fromPrefix: string;
  toPrefix: string;
  /** Of the source, when that is another one. */
  fromBucket?: string;
}

/** By the source, for its last destination: programs ask for one file at a time. */
const lastShared = new WeakMap<FileSet, { to: FileSet; store: SharedStore | undefined }>();

function sharedStore(from: FileSet, to: FileSet): SharedStore | undefined {
  let last = lastShared.get(from);
  if (last?.to !== to) lastShared.set(from, (last = { to, store: findShared(from, to) }));
  return last.store;
}

/** A store in which both places are, or two buckets of one service: then one server holds both and copies by itself. */
function findShared(from: FileSet, to: FileSet): SharedStore | undefined {
  if (from.store === to.store) return { store: from.store, fromPrefix: '', toPrefix: '' };
  const { bucket, protocol } = from.location;
  const serviceOf = ({ location }: FileSet): string => formatUrl({ ...location, format: 'precomputed', bucket, path: '' });
  if (from.context !== to.context || bucket === null || serviceOf(from) !== serviceOf(to)) return undefined;
  const isOther = to.location.bucket !== bucket;
  if (isOther && protocol !== 's3' && protocol !== 'gs') return undefined;
  const store = openLocation(to.context, { ...to.location, path: '' });
  const shared = { store, fromPrefix: asFolder(from.location.path), toPrefix: asFolder(to.location.path) };
  return isOther ? { ...shared, fromBucket: bucket } : shared;
}

/** Who may write to one bucket need not be allowed to read the other: then the bytes come through here. */
const mayNot = (error: unknown): boolean => isCloudError(error, 'PermissionDenied') || isCloudError(error, 'Unauthenticated');

/** Copies on the server. @returns `undefined` when it may not, or cannot */
async function copyThere(
  from: FileSet,
  key: string,
  { store, fromPrefix, toPrefix, fromBucket }: SharedStore,
  dest: string,
  { signal }: TransferOptions,
): Promise<PutResult | null | undefined> {
  const copy = (more: CopyOptions = {}): Promise<PutResult | null> =>
    store.copy!(fromPrefix + key, toPrefix + dest, { signal, ...more, ...(fromBucket !== undefined && { fromBucket }) });
  try {
    return await copy();
  } catch (error) {
    if (fromBucket === undefined) throw error;
    if (mayNot(error)) return undefined;
    // parts of what is large are copied of one version
    if (!isCloudError(error, 'NotSupported')) throw error;
    const source = await from.store.head(key, { signal });
    return source && copy({ source });
  }
}

function putOptions(from: ObjectInfo, to: FileSet, encoding: Encoding | null, options: TransferOptions): PutOptions {
  const { contentDisposition, contentLanguage, cacheControl, metadata } = from;
  const { capabilities } = to.store;
  const contentType = options.contentType ?? from.contentType ?? plainType(to);
  const contentEncoding = headerOf(to, encoding);
  return {
    signal: options.signal,
    durable: options.durable ?? false,
    ...(capabilities.headers && { contentType, contentDisposition, contentLanguage, cacheControl, contentEncoding }),
    ...(capabilities.metadata && { metadata }),
  };
}

/** What goes through in one piece: a stream costs more than it spares. Stores of the net put together as much anyway. */
const smallBytes = 0x1000000;
const smallToDiskBytes = 0x400000;

/** A large file of a disk, so that it can be taken up again. `undefined`: that is nothing for this file, or it is not there. */
async function sendLarge(
  from: FileSet,
  key: string,
  to: FileSet,
  dest: string,
  encoding: Encoding | null,
  options: TransferOptions,
): Promise<Transferred | undefined> {
  const { resumable, partBytes, signal } = options;
  const { protocol: kind } = from;
  if (!resumable || !to.store.multipart || (kind !== 'file' && kind !== 'opfs')) return undefined;
  const info = await from.store.head(key, { signal });
  if (!info) return undefined;
  const { signal: _, durable: __, ...put } = putOptions(info, to, encoding, options);
  const { sendOrGoOn } = await import('../uploads/send-or-go-on.ts');
  const file = { kind, path: joinKey(from.location.path, key) } as const;
  const sent = await sendOrGoOn(to.store, dest, file, info.sizeBytes, {
    journal: resumable === true ? undefined : resumable,
    concurrency: from.context.options.concurrency,
    partBytes,
    put,
    signal,
  });
  return sent && { key, stays: false, sizeBytes: sent.sizeBytes ?? info.sizeBytes };
}

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
    const dest = keyFor(to, destPath, named);
    const stays = address === addressOf(to, dest);
    const done = stays ? await from.store.head(key, { signal }) : await copyThere(from, key, shared, dest, options);
    if (done === null) return null;
    const ask = async (): Promise<number> => (isHeard(to, options) && (await to.store.head(dest, { signal }))?.sizeBytes) || 0;
    if (done) return { key, stays, sizeBytes: done.sizeBytes ?? (await ask()), dest };
  }
  const large = reencodes ? undefined : await sendLarge(from, key, to, keyFor(to, destPath, named), named, options);
  if (large) return large;
  const { storedBytes, metadata } = from.store.capabilities;
  // a GET does not show everything to a page
  const info = storedBytes === true || !metadata ? undefined : await from.store.head(key, { signal });
  // no label, or a hidden one: then the page decodes, and the bytes are right without
  const result = info === null ? null : await from.store.get(key, { signal, ...(info && !info.contentEncoding && { storedBytes: false }) });
  if (!result) return null;
  let all: Whole | undefined;
  try {
    const about = info ?? result;
    // whether a runtime has decoded is known at the end
    // a web server need not tell it: 0 is both
    const told = result.sizeBytes || Infinity;
    const small = storedBytes === true && told <= (to.store.isFolder ? smallToDiskBytes : smallBytes);
    const whole = async (): Promise<Uint8Array> => {
      // decoded or encoded anew there are two of them
      all = await readWhole(result, roomOf(to.context), reencodes ? 2 : 1, { signal });
      return all.bytes;
    };
    let bytes = small || (storedBytes === false && about.contentEncoding) ? await whole() : undefined;
    const stored: Encoding | null = named ?? (from.suffixed || result.decoded ? null : encodingOfHeader(about.contentEncoding));
    const wanted = reencodes ? parseEncoding(reencode) : stored;
    let chunks: AsyncIterable<Uint8Array> | undefined;
    if (wanted !== stored) {
      const [decoder, encoder] = [stored && (await loadCodec(stored)), wanted && (await loadCodec(wanted))];
      const caps = { maxOutputBytes: from.context.options.limits?.maxDecodedBytes, signal };
      if (!bytes && told > WHOLE_BYTES) {
        chunks = chunksOf(result.stream());
        if (decoder) chunks = decoder.decode(chunks, caps);
        if (encoder) chunks = encoder.encode(chunks, { signal });
      } else {
        bytes ??= await whole();
        if (decoder) bytes = await decoder.decompress(bytes, caps);
        if (encoder) bytes = await encoder.compress(bytes, { signal });
      }
    }
    const body: Body = bytes ?? chunks ?? result.stream();
    const sizeBytes = bytes?.length ?? (storedBytes === true && !chunks && told < Infinity ? told : undefined);
    const dest = keyFor(to, destPath, wanted);
    let put: PutResult;
    try {
      put = await to.store.put(dest, body, {
        ...putOptions(about, to, wanted, options),
        sizeBytes,
        giveAway: all && bytes === all.bytes ? all.giveAway : true,
      });
    } catch (error) {
      // bytes that were not those of the source: no store keeps a body that breaks off, so all can be done once more
      if (last || bytes || !isCloudError(error, 'IntegrityError') || error.operation !== 'get') throw error;
      return await transferKey(from, key, path, to, destPath, options, true);
    }
    const stays = address === addressOf(to, dest);
    return { key, stays, sizeBytes: put.sizeBytes ?? sizeBytes ?? 0, dest, version: versionOf(from, result) };
  } finally {
    all?.release();
    await result[asyncDispose]();
  }
}

/** Copy one file. `null` when the source is not there. */
export async function transferOne(from: FileSet, item: Item, to: FileSet, options: TransferOptions): Promise<Transferred | null> {
  const { path, destPath = path, key } = item;
  for (const at of key === undefined ? readCandidates(from, path) : [key]) {
    const done = await transferKey(from, at, path, to, destPath, options);
    if (done) return done;
  }
  return null;
}

/** Which way bytes go, seen from this machine: what is suffixed is here. */
export const directionOf = (from: FileSet, to: FileSet): IoDirection =>
  from.suffixed === to.suffixed ? 'transfer' : from.suffixed ? 'upload' : 'download';

/** Copy many files. @returns their number. NotFound for a missing one, unless `allowMissing`. */
export async function transferMany(
  from: FileSet,
  to: FileSet,
  paths: Many<TransferItem | Item>,
  options: TransferOptions,
): Promise<number> {
  const tell = tellOf(to, 'transfer', options, paths);
  const width = widthOf(from, options.blockSize, 64);
  const direction = directionOf(from, to);
  const one = async (given: TransferItem | Item, _: number, signal: AbortSignal | undefined): Promise<boolean> => {
    const item = itemOf(given);
    const transfer = async (): Promise<Transferred | null> => {
      const done = await transferOne(from, item, to, { ...options, signal });
      if (!done && !options.allowMissing) throw notThere(item.path, 'transfer');
      if (!done && from.store.isFolder) await to.store.put(item.destPath ?? item.path, new Uint8Array(0), { signal });
      return done;
    };
    const done = await watched(options.monitor, { path: item.path, direction }, transfer, (moved) => moved?.sizeBytes);
    tell(item.path, done?.sizeBytes ?? 0);
    return done !== null;
  };
  // one file needs nobody to count and to stop the others: programs that make their own lists call this a thousand times
  if (Array.isArray(paths) && paths.length === 1) return Number(await one(paths[0] as Item, 0, options.signal));
  let count = 0;
  for await (const done of mapParallel(paths, width, one, { signal: options.signal })) if (done) count++;
  return count;
}
