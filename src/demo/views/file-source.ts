/**
 * One file, read by ranges, and how much of it was read.
 *
 * @module
 */
import { CloudError, type ObjectInfo, type ObjectStore } from '../../index.ts';
import { baseName, count, formatBytes } from '../format.ts';

/** What was read so far. */
export interface Used {
  readonly ranges: number;
  readonly bytes: number;
}

/** A file, read by ranges. All are of one version: another one is refused. */
export interface FileSource {
  readonly name: string;
  /** `NaN` until it is known: some listings do not tell. */
  readonly sizeBytes: number;
  readonly used: Used;
  /**
   * Read `[start, end)`, or less where the file ends.
   *
   * @throws CloudError what reads throw; `ObjectChanged` or `PreconditionFailed` when it is another version
   */
  read(start: number, end: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Make sure that its size is known.
   *
   * @throws CloudError `NotFound`; `NotSupported` when the server does not tell
   */
  size(signal: AbortSignal): Promise<number>;
  /** Ends what runs. */
  close?(): void;
}

/**
 * The file behind a key. Asks for nothing yet.
 *
 * @param name as it may be shown: the key of a web address holds its query, which may be a signature
 */
export function objectSource(
  store: ObjectStore,
  { key, sizeBytes, etag }: Pick<ObjectInfo, 'key' | 'sizeBytes' | 'etag'>,
  name: string = baseName(key),
): FileSource {
  let size = sizeBytes;
  let version = etag;
  let used: Used = { ranges: 0, bytes: 0 };
  return {
    name,
    get sizeBytes() {
      return size;
    },
    get used() {
      return used;
    },
    async read(start, end, signal) {
      const stop = Number.isNaN(size) ? end : Math.min(end, size);
      if (start >= stop) return new Uint8Array();
      const result = await store.get(key, { range: { start, end: stop }, signal, ...(version && { ifMatch: version }) });
      if (!result) throw new CloudError('the file is not there any more', { code: 'NotFound', operation: 'get', key: name });
      version ??= result.etag;
      if (Number.isNaN(size)) size = result.totalBytes;
      const bytes = await result.bytes();
      used = { ranges: used.ranges + 1, bytes: used.bytes + bytes.length };
      return bytes;
    },
    async size(signal) {
      if (!Number.isNaN(size)) return size;
      const info = await store.head(key, { signal });
      if (!info) throw new CloudError('the file is not there any more', { code: 'NotFound', operation: 'head', key: name });
      version ??= info.etag;
      size = info.sizeBytes;
      if (!Number.isNaN(size)) return size;
      throw new CloudError('the server does not tell how long the file is', { code: 'NotSupported', operation: 'head', key: name });
    },
  };
}

/** What was read of a file, in words. */
export function usedText({ used, sizeBytes }: Pick<FileSource, 'used' | 'sizeBytes'>): string {
  const share = (100 * used.bytes) / sizeBytes;
  const percent = Number.isFinite(share) ? ` (${share < 10 ? Number(share.toPrecision(2)) : Math.round(share)} %)` : '';
  return `Read ${formatBytes(used.bytes)} of ${formatBytes(sizeBytes)}${percent} in ${count(used.ranges, 'range')}`;
}
