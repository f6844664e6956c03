/**
 * Reading where there is no HTTP: conditions, ranges and the lazy result over memory or a disk.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { DiskFile } from '../platform/types.ts';
import type { ByteSource, CopyOptions, DeleteOptions, GetOptions, GetResult, ObjectInfo, PutOptions } from '../types.ts';
import { abortable, throwIfAborted } from '../util/abort.ts';
import { slices } from '../util/bytes.ts';
import { pinned } from './expected.ts';
import { checkRange } from './read.ts';
import { createGetResult } from './result.ts';

/** Pieces in which bytes are handed out. */
const PIECE_BYTES = 0x40000;

/** Where the bytes of one version come from. */
export type LocalBytes = { bytes: Uint8Array } | { open: () => Promise<DiskFile | null> };

/**
 * Hold a write or delete to its conditions.
 *
 * @param etag of what is there now; `undefined` for nothing
 * @throws CloudError `PreconditionFailed`
 */
export function checkWrite(key: string, etag: string | undefined, options: PutOptions | DeleteOptions, operation: string): void {
  const refuse = 'ifAbsent' in options && options.ifAbsent ? etag !== undefined : options.ifMatch !== undefined && options.ifMatch !== etag;
  if (refuse)
    throw new CloudError(`${key} is not what ${operation} was told to expect`, { code: 'PreconditionFailed', operation, key, status: 412 });
}

/**
 * The result of a get of an object that is there.
 *
 * @throws CloudError `PreconditionFailed`, `NotModified`, `InvalidArgument`, `RangeNotSatisfiable`; while reading `ObjectChanged`
 */
export function localGet(info: ObjectInfo, from: LocalBytes, given: GetOptions): GetResult {
  const options = pinned(given);
  const { key, sizeBytes, etag } = info;
  const { signal, ifMatch, ifNoneMatch } = options;
  throwIfAborted(signal);
  const about = { key, operation: 'get' };
  if (ifMatch !== undefined && ifMatch !== etag)
    throw new CloudError(`${key} is another version`, { code: 'PreconditionFailed', status: 412, ...about });
  if (ifNoneMatch !== undefined && ifNoneMatch === etag)
    throw new CloudError(`${key} is the same version`, { code: 'NotModified', status: 304, ...about });
  if (options.version !== undefined) throw new CloudError('this store keeps one version', { code: 'NotSupported', ...about });
  const { start, end = sizeBytes } = checkRange(options.range) ?? { start: 0 };
  const empty = options.range?.end === start;
  if (start > sizeBytes || (start === sizeBytes && start > 0 && !empty)) {
    throw new CloudError('the range begins past the end', { code: 'RangeNotSatisfiable', status: 416, ...about });
  }
  const range = { start, end: Math.min(end, sizeBytes) };
  let into: Uint8Array<ArrayBuffer> | undefined;
  const pieces =
    'bytes' in from ? copies(from.bytes.subarray(range.start, range.end)) : reads(info, from.open, range, () => ({ signal, into }));
  const leave = async (): Promise<void> => void (await pieces.return().catch(() => {}));
  const source: ByteSource = {
    async read() {
      try {
        throwIfAborted(signal);
        const step = await abortable(pieces.next(), signal);
        return step.done ? undefined : step.value;
      } catch (error) {
        void leave();
        throw error;
      }
    },
    // all in one array: what is shorter by now is an error
    async bytes(_, given) {
      const length = range.end - range.start;
      into = given?.length === length ? given : new Uint8Array(length);
      let all: Uint8Array = into;
      for (let at = 0, piece; (piece = await source.read()); at += piece.length) {
        if (piece.length === into.length) all = piece;
        else if (piece.buffer !== into.buffer) into.set(piece, at);
      }
      return all;
    },
    cancel: leave,
  };
  return createGetResult(info, { range, totalBytes: sizeBytes, source });
}

async function* copies(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (const piece of slices(bytes, PIECE_BYTES)) yield piece.slice();
}

/** Opened when the first byte is asked for, so that a result that is never read holds no file. */
async function* reads(
  info: ObjectInfo,
  open: () => Promise<DiskFile | null>,
  range: { start: number; end: number },
  options: () => { signal: AbortSignal | undefined; into: Uint8Array | undefined },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (range.start === range.end) return;
  const file = await open();
  try {
    if (!file || diskTag(file.version) !== info.etag) {
      throw new CloudError(`${info.key} changed since it was opened`, {
        code: 'ObjectChanged',
        retryable: true,
        key: info.key,
        operation: 'get',
      });
    }
    yield* file.read(range.start, range.end, options());
  } finally {
    await file?.close();
  }
}

/** The ETag of a file's version. */
export const diskTag = (version: string): string => `"${version}"`;

/** Stores without buckets of one service copy within themselves alone. @throws CloudError `NotSupported` */
export function ownBucket({ fromBucket }: CopyOptions, key: string): void {
  if (fromBucket === undefined) return;
  throw new CloudError('this store copies from no other bucket', { code: 'NotSupported', operation: 'copy', key });
}
