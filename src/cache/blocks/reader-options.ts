/**
 * What a reader of ranges is told. Types only, no code.
 *
 * @module
 */
import type { CloudError } from '../../errors.ts';
import type { AbortOptions, ObjectInfo } from '../../types.ts';
import type { CacheContainer } from '../container/container.ts';
import type { BlockCache } from './block-cache.ts';
import type { ByteSpan } from './layout.ts';

/** Options of `openReader`. The signal is for opening alone. */
export interface ReaderOptions extends AbortOptions {
  /** Through which it reads, together with others. @default one of its own, over `container` */
  blockCache?: BlockCache | undefined;
  /** Where blocks are kept, when there is no `blockCache`. @default memory of its own, 64 MiB */
  container?: CacheContainer | undefined;
  /** Whose blocks they are, of `cacheNamespace`. Goes with `blockCache` and `container`, which cannot do without. */
  namespace?: string | undefined;
  /** The `object` of the blocks' keys. @default of `cacheObject`, by the store's URL and the key */
  nameOf?: ((cut: { validator: string; sizeBytes: number; blockBytes: number }) => string) | undefined;
  /** What ranges are rounded to, in bytes: 8 MiB at most. @default 65,536 */
  blockBytes?: number | undefined;
  /** For a block cache of its own: missing blocks that lie no further apart are fetched by one request, in bytes. @default 65,536 */
  gapBytes?: number | undefined;
  /** For a block cache of its own: the most that one request asks for, in bytes. @default 8 MiB */
  maxRequestBytes?: number | undefined;
  /** For a block cache of its own: requests at a time. @default 16 */
  concurrency?: number | undefined;
  /** `false`: what is fetched is handed out, and not kept, but for what the first request brought. @default true */
  keep?: boolean | undefined;
  /** What the first request asks for; rounded to blocks. @default the first block */
  first?: ByteSpan | undefined;
  /** What the object is known to be: then there is no first request. Without a generation, version or strong ETag it is ignored. */
  expected?: ObjectInfo | undefined;
  /** When the object becomes another version: reject with `ObjectChanged`, or begin anew. @default 'error' */
  onChange?: 'error' | 'restart' | undefined;
  /** Told of each new beginning, with what the object is now. */
  onRestart?: ((info: ObjectInfo) => void) | undefined;
  /** Told, once, when nothing tells the object's versions apart for certain. */
  onWarning?: ((warning: CloudError) => void) | undefined;
}
