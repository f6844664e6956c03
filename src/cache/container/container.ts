/**
 * The port of the cache: where values are kept. The layouts behind it differ; what is promised does not.
 *
 * A value is never changed once it is there: what tells versions apart is in its key. So a reader gets the right bytes or none, whoever else
 * writes, evicts or dies meanwhile.
 *
 * @module
 */
import type { AbortOptions } from '../../types.ts';

/** Names one value. */
export interface CacheKey {
  /** 16 hex digits: which service, bucket and identity it is of. Never holds a secret. */
  readonly namespace: string;
  /** 40 hex digits: which object in which version, cut into which blocks. */
  readonly object: string;
  /**
   * The number of a block; `w` for a whole small file; `o` for what is known of an object: all of it is in the meta, so it has no bytes, and it
   * is the only value that is ever replaced.
   */
  readonly part: number | 'w' | 'o';
  /** Bytes of the value: another length is a miss, whatever the checksum says. */
  readonly sizeBytes: number;
}

/** What is told beside the bytes; no secrets. */
export type CacheMeta = Readonly<Record<string, string | number>>;

/** One value. */
export interface CacheEntry extends CacheKey {
  readonly bytes: Uint8Array;
  readonly meta?: CacheMeta | undefined;
}

/** What a container can do, as data. */
export interface ContainerCapabilities {
  /** It outlives the process or the page. */
  readonly persistent: boolean;
  /** Who else sees what is put. */
  readonly shared: 'processes' | 'tabs' | 'none';
  readonly syncRead: boolean;
  /** The most that one value may have. */
  readonly maxValueBytes: number;
  /** How much is best put at once. */
  readonly batchBytes: number;
  /** The most that all values may take. */
  readonly budgetBytes: number;
}

/** Something that went wrong, and was a miss or a value not kept. */
export interface CacheTrouble {
  readonly code: 'quota' | 'timeout' | 'corrupt' | 'unavailable';
  /** The platform's name of it, as `ENOSPC` or `QuotaExceededError`. */
  readonly name: string;
}

/** Which values: of a namespace, or of all that begin with these 8 digits, which are an identity's. */
export interface NamespaceRange {
  readonly namespace: string;
}

/** The same, or of one object in them. */
export interface CacheRange extends NamespaceRange {
  readonly object?: string | undefined;
}

/** Options of calls that wait for storage. */
export interface ContainerOptions extends AbortOptions {
  /** How long storage may take, in ms. @default of the container: 2,000 to get, 5,000 to put */
  timeoutMs?: number | undefined;
}

/** How full a container is. */
export interface CacheUsage {
  entries: number;
  bytes: number;
  budgetBytes: number;
}

/**
 * A place for values. Trouble with storage rejects no call but `delete` and `objects`, by which people sign out; an abort does reject, with
 * `signal.reason`.
 */
export interface CacheContainer {
  readonly kind: 'disk' | 'indexeddb' | 'opfs' | 'memory';
  readonly capabilities: ContainerCapabilities;
  /** Verified values in the order asked; undefined is a miss, for whatever reason. */
  getMany(keys: readonly CacheKey[], options?: ContainerOptions): Promise<(CacheEntry | undefined)[]>;
  /** The same for one, at once. */
  getSync?(key: CacheKey): CacheEntry | undefined;
  /**
   * Each value lands whole or not at all. The bytes are copied or written before it resolves. A part `o` takes the place of the one before in
   * one step: the last one stays.
   *
   * @returns how many were kept
   */
  putMany(entries: readonly CacheEntry[], options?: ContainerOptions & { durable?: boolean | undefined }): Promise<number>;
  /** Notes that they were used; batched, may be lost. */
  touch(keys: readonly CacheKey[]): void;
  /**
   * Removes what is in a range, and what is being put into it.
   *
   * @returns how many values went
   * @throws CloudError `Timeout` or `ServerError`: storage did not answer, or would not: something may be left
   */
  delete(range: CacheRange, options?: ContainerOptions): Promise<number>;
  /** Removes what was used longest ago until this much is left. @returns undefined when another client is at it */
  evict(targetBytes: number): Promise<{ removed: number; bytes: number } | undefined>;
  usage(range?: NamespaceRange): Promise<CacheUsage>;
  /**
   * The values with the part `o` in a range, verified, in no order; what cannot be read is left out. It is no use of them.
   *
   * @example for await (const { object, meta } of container.known({ namespace })) list.push(meta);
   */
  known(range: NamespaceRange, options?: ContainerOptions): AsyncIterable<CacheEntry>;
  /**
   * The `object` of all values in a namespace, those of part `o` too; in no order.
   *
   * @throws CloudError as `delete`: the list would not be whole
   */
  objects(range: NamespaceRange, options?: ContainerOptions): Promise<string[]>;
  /** Removes what the dead left behind; done once by itself, beside the first put. @returns how many leftovers went */
  scrub(): Promise<number>;
  /** Told of trouble; of each code and name at most once a minute. */
  onTrouble?: ((trouble: CacheTrouble) => void) | undefined;
  close(): Promise<void>;
}

/** The most that one value may have: larger ones are cut into blocks. */
export const maxValueBytes: number = 8 * 0x100000;
