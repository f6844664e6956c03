/**
 * What CloudFiles takes and gives.
 *
 * @module
 */
import type { CloudError } from '../errors.ts';
import type { Encoding, EncodingOption } from '../encoding/names.ts';
import type { AbortOptions, Body, GetOptions, Location, ObjectInfo, ObjectStore, Protocol } from '../types.ts';
import type { IoMonitor } from '../monitor/types.ts';
import type { StoreContext } from '../store/context.ts';
import type { ProgressEvent } from '../store/options.ts';

/** A sequence of any kind. */
export type Many<T> = Iterable<T> | AsyncIterable<T>;

/** What the functions behind CloudFiles share. */
export interface FileSet {
  readonly store: ObjectStore;
  readonly context: StoreContext;
  readonly location: Location;
  readonly protocol: Protocol;
  /** Hears of all that is done here, unless a call names another. */
  readonly progress: ManyOptions['progress'];
  /** Encodings are suffixes of names here, not headers. */
  readonly suffixed: boolean;
}

/** Options of calls over many files. */
export interface ManyOptions extends AbortOptions {
  /** Called after each file; `true` is for the command line, which draws its own bar, and tells nobody else. @default the client's */
  progress?: boolean | ((event: ProgressEvent) => void) | undefined;
  /** Told when each file that is read, written or transferred begins and ends. */
  monitor?: IoMonitor | undefined;
  /** How many there will be, for progress over sequences that cannot be counted. */
  total?: number | undefined;
  /** Files in flight; 0 for the default. @default the client's concurrency */
  parallel?: number | undefined;
}

/** One file to read: a name, or a name with a range of its stored bytes, `end` exclusive. */
export type GetItem = string | { path: string; start?: number | null | undefined; end?: number | null | undefined; tags?: unknown };

/** Options of reads. */
export interface GetFilesOptions extends ManyOptions {
  /** Stored bytes, not decoded. NotSupported where the runtime decodes by itself (GCS and the web in a page). @default false */
  raw?: boolean | undefined;
  /** Size of the parts that the objects were uploaded in, to verify ETags `hash-N` by. @default the sizes in use are tried */
  partSizeBytes?: number | undefined;
  /** What the client's cache does for this call. @default 'default' */
  cache?: GetOptions['cache'];
  /**
   * `list`: learn by one listing which of many files are as they are kept, instead of asking for each; those that are cost nothing more.
   * The call begins when all items are known, and reads what the listing told: a file that comes later is missing. For s3 and gs behind a
   * cache, of several items; ignored elsewhere.
   */
  revalidate?: 'list' | undefined;
  /** Records in the order of the items. @default true, for `getStream` false */
  ordered?: boolean | undefined;
  /** The first failure rejects; else it stands in its record. @default true */
  raiseErrors?: boolean | undefined;
}

/** One file that was read. */
export interface FileRecord {
  path: string;
  /** `null` when it is missing or failed. */
  content: Uint8Array<ArrayBuffer> | null;
  byteRange: [start: number | null, end: number | null];
  error: CloudError | Error | null;
  /** How it is encoded in the store; `null` too where a page is not shown it. */
  compress: Encoding | null;
  raw: boolean;
  tags: unknown;
  /** Whether the stored bytes were checked against the store's checksum. */
  verified: boolean;
}

/** Options of writes; those of an item win. */
export interface PutFilesOptions extends ManyOptions {
  contentType?: string | undefined;
  /** @default none */
  compress?: EncodingOption;
  /**
   * gzip 0 to 12, br 0 to 11, zstd 1 to 22, bz2 1 to 9, xz 0 to 9; of gzip in pages and workerd above 256 MiB, or where WebAssembly is
   * barred, 0 stores and any other is the platform's one level.
   *
   * @default 9, 5, 3, 9 and 6
   */
  compressionLevel?: number | undefined;
  cacheControl?: string | undefined;
  storageClass?: string | undefined;
  metadata?: Record<string, string> | undefined;
  /** The content is encoded as `compress` says already. @default false */
  raw?: boolean | undefined;
}

/** One file to write. */
export type PutItem = readonly [path: string, body: Body] | (Omit<PutFilesOptions, keyof ManyOptions> & { path: string; content: Body });

/** What `head` tells: the store's info, and the same under the names that HTTP has for it. */
export interface FileHead extends ObjectInfo {
  'Cache-Control': string | null;
  'Content-Length': number;
  'Content-Type': string | null;
  ETag: string | null;
  'Last-Modified': Date | null;
  'Content-Md5': string | null;
  'Content-Encoding': string | null;
  'Content-Disposition': string | null;
  'Content-Language': string | null;
  'Storage-Class': string | null;
  'Request-Charged': string | null;
  'Parts-Count': number | null;
}

/** Options of listings. */
export interface ListFilesOptions extends AbortOptions {
  /** Textual. @default '' */
  prefix?: string | undefined;
  /** One level; folders end in `/`. @default false */
  flat?: boolean | undefined;
}
