/**
 * Files from one place to another: stored bytes as they are, with their type, encoding, cache control and metadata.
 *
 * @module
 */
import { loadCodec } from '../encoding/codec.ts';
import { encodingOfHeader, encodingOfName, parseEncoding, type Encoding, type EncodingOption } from '../encoding/names.ts';
import type { AbortOptions, Body, GetResult, ObjectStore, PutOptions } from '../types.ts';
import { asyncDispose } from '../util/dispose.ts';
import { mapParallel } from '../util/parallel.ts';
import { notThere } from './change.ts';
import { candidates, keyFor, storedEncodingOf } from './names.ts';
import type { FileSet } from './types.ts';

/** Options of transfers. */
export interface TransferOptions extends AbortOptions {
  /** Names, or names with another name at the destination. @default all files */
  paths?: Iterable<TransferItem> | AsyncIterable<TransferItem> | undefined;
  /** Files in flight. @default 64 */
  blockSize?: number | undefined;
  /** Encode anew; `none` decodes. @default as stored */
  reencode?: EncodingOption;
  contentType?: string | undefined;
  /** Skip files that are not there. @default false */
  allowMissing?: boolean | undefined;
  /** Hears of each file when it is done. */
  onFile?: ((file: { path: string; sizeBytes: number }) => void) | undefined;
}

/** One file to transfer. */
export type TransferItem = string | { path: string; destPath?: string | undefined };

const putOptions = (from: GetResult, to: ObjectStore, encoding: string | undefined, options: TransferOptions): PutOptions => {
  const { headers, metadata } = to.capabilities;
  const { contentDisposition, contentLanguage, cacheControl } = from;
  return {
    signal: options.signal,
    sizeBytes: undefined,
    ...(headers ? { contentType: options.contentType ?? from.contentType, contentDisposition, contentLanguage, cacheControl, contentEncoding: encoding } : {}),
    ...(metadata ? { metadata: from.metadata } : {}),
  };
};

/** Copy one file. @returns its stored size, or `null` when the source is not there. */
export async function transferOne(from: FileSet, path: string, to: FileSet, destPath: string, options: TransferOptions): Promise<number | null> {
  const reencodes = options.reencode !== undefined && options.reencode !== null;
  // within one bucket the bytes need not come here
  if (from.store === to.store && from.store.copy && !reencodes && !options.contentType) {
    for (const key of candidates(from, path)) {
      const dest = keyFor(to, destPath, storedEncodingOf(from, key, path));
      const done = await from.store.copy(key, dest, { signal: options.signal });
      if (done) return done.sizeBytes ?? (await to.store.head(dest, options))?.sizeBytes ?? 0;
    }
    return null;
  }
  for (const key of candidates(from, path)) {
    const result = await from.store.get(key, { signal: options.signal });
    if (!result) continue;
    try {
      const stored: Encoding | null = result.decoded ? null : (storedEncodingOf(from, key, path) ?? (from.suffixed ? null : encodingOfHeader(result.contentEncoding)));
      const wanted = reencodes ? parseEncoding(options.reencode) : stored;
      let body: Body;
      let sizeBytes: number | undefined = result.decoded ? undefined : result.sizeBytes;
      if (wanted === stored) body = result.stream();
      else {
        let bytes = await result.bytes();
        if (stored) bytes = await (await loadCodec(stored)).decompress(bytes, { maxOutputBytes: from.context.options.limits?.maxDecodedBytes });
        if (wanted) bytes = await (await loadCodec(wanted)).compress(bytes);
        body = bytes;
        sizeBytes = bytes.length;
      }
      const header = to.suffixed ? undefined : ((wanted === 'bz2' && to.protocol === 's3' ? 'bzip2' : wanted) ?? undefined);
      const known = wanted === 'gzip' && encodingOfName(destPath) === 'gzip' ? destPath : keyFor(to, destPath, wanted);
      const put = await to.store.put(known, body, { ...putOptions(result, to.store, header, options), sizeBytes });
      return put.sizeBytes ?? sizeBytes ?? 0;
    } finally {
      await result[asyncDispose]();
    }
  }
  return null;
}

/** Copy many files. @returns their number. NotFound for a missing one, unless `allowMissing`. */
export async function transferMany(from: FileSet, to: FileSet, paths: Iterable<TransferItem> | AsyncIterable<TransferItem>, options: TransferOptions): Promise<number> {
  const one = async (item: TransferItem, _: number, signal: AbortSignal): Promise<boolean> => {
    const { path, destPath = path } = typeof item === 'string' ? { path: item } : item;
    const sizeBytes = await transferOne(from, path, to, destPath, { ...options, signal });
    if (sizeBytes === null && !options.allowMissing) throw notThere(path, 'transfer');
    if (sizeBytes !== null) options.onFile?.({ path, sizeBytes });
    return sizeBytes !== null;
  };
  let count = 0;
  for await (const done of mapParallel(paths, options.blockSize ?? 64, one, { signal: options.signal, ordered: false })) if (done) count++;
  return count;
}
