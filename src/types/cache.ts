/**
 * What a cache is told, and what it tells. Types only, no code.
 *
 * @module
 */
import type { AbortOptions } from './basic.ts';

/**
 * How long what was fetched is kept. `persistent`: until it is cleared or evicted. `tmp_dir`: until the client is closed. `cloudpath_object`:
 * a path's copy until the path is disposed of. `close_file`: a path's copy until its handle is closed. `off`: nothing is kept.
 */
export type CacheMode = 'persistent' | 'tmp_dir' | 'cloudpath_object' | 'close_file' | 'off';

/**
 * When a store is asked whether what is kept is still right. `revalidate`: at every read, by one conditional request. `immutable`: never, for
 * objects that are not replaced. `{ ttlMs }`: when it was last asked longer ago than this. `offline`: never, and nothing is fetched either.
 */
export type Freshness = 'revalidate' | 'immutable' | 'offline' | { readonly ttlMs: number };

/** How a client keeps what it fetched. */
export interface CacheOptions {
  /** Where: files in Node, IndexedDB in browsers, memory where there is neither. @default 'auto' */
  container?: 'auto' | 'disk' | 'indexeddb' | 'opfs' | 'memory' | undefined;
  /** @default CLOUDPATHLIB_FILE_CACHE_MODE; else `persistent` where there is a folder and in browsers, and `tmp_dir` elsewhere */
  mode?: CacheMode | undefined;
  /** Absolute path of a folder, for files. @default CLOUDPATHLIB_LOCAL_CACHE_DIR */
  dir?: string | undefined;
  /**
   * The most that kept values may take, those of other processes and tabs included. In memory that stands for what lasts, as without a disk or
   * for who has no name, it is no more than `memoryBytes`. @default of the container: 1 GiB at most
   */
  maxBytes?: number | undefined;
  /** The most that is held in memory, in front of a container that lasts or in its place; 0 for nothing in front. @default 64 MiB */
  memoryBytes?: number | undefined;
  /** @default 'revalidate' */
  freshness?: Freshness | undefined;
  /** What ranges are rounded to, in bytes: a power of two from 4 KiB to 8 MiB. @default 65,536 */
  blockBytes?: number | undefined;
  /** Missing blocks that lie no further apart are fetched by one request, in bytes. @default 65,536 */
  gapBytes?: number | undefined;
  /** The most that one request for blocks asks for, in bytes. @default 8 MiB */
  maxRequestBytes?: number | undefined;
  /**
   * Who asks, where credentials do not say so for good: with tokens, temporary keys and remote signers nothing outlives the client unless this
   * names the user. Never a secret.
   */
  identity?: string | undefined;
  /** When an object becomes another version while it is read in ranges: reject with `ObjectChanged`, or begin anew. @default 'error' */
  onChange?: 'error' | 'restart' | undefined;
  /** Browsers: encrypt what is kept, by a key that scripts cannot read out. @default false */
  encrypt?: boolean | undefined;
  /** CloudPath: throw local edits away when the object is read. @default CLOUDPATHLIB_FORCE_OVERWRITE_FROM_CLOUD */
  forceOverwriteFromCloud?: boolean | undefined;
  /** CloudPath: replace the object whatever it has become. @default CLOUDPATHLIB_FORCE_OVERWRITE_TO_CLOUD */
  forceOverwriteToCloud?: boolean | undefined;
}

/** What is cleared. */
export interface ClearCacheOptions extends AbortOptions {
  /** URL: only what is below it. @default all that this client's identities were given */
  prefix?: string | undefined;
  /** Throw away edits that were not uploaded; else they stay and the call rejects with OverwriteDirtyFileError, after clearing the rest. @default false */
  discardUnsaved?: boolean | undefined;
}

/** What a cache holds and has done, since the client was made. */
export interface CacheStats {
  /** Where values are; `none` before the first use and where caching is off. */
  container: 'disk' | 'indexeddb' | 'opfs' | 'memory' | 'none';
  /** Values kept, those of other clients included. */
  entries: number;
  bytes: number;
  budgetBytes: number;
  /** Local copies of CloudPaths. */
  copies: number;
  copyBytes: number;
  /** Reads that were answered without the bytes being fetched, wholly or in part, and those that were not. */
  hits: number;
  misses: number;
  /** Conditional requests that were answered by "not modified". */
  revalidated: number;
  /** Bytes that were handed out from the cache, and bytes that were fetched into it. */
  bytesSaved: number;
  bytesFetched: number;
  /** Trouble with storage, by code and name, as `quota QuotaExceededError`, with how often it was told. */
  trouble: Record<string, number>;
}
