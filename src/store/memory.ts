/**
 * mem://: objects in memory, for tests, scratch work and small things that should look like files.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type {
  AbortOptions,
  Clock,
  CopyOptions,
  DeleteOptions,
  ListOptions,
  ObjectInfo,
  ObjectStore,
  PutOptions,
  PutResult,
  SetMetadataOptions,
} from '../types.ts';
import { throwIfAborted } from '../util/abort.ts';
import { gatherBody, toSendable } from '../util/body.ts';
import { compareUtf8 } from '../util/utf8.ts';
import { checkKey } from '../url/key.ts';
import { capabilitiesOf } from './capabilities.ts';
import { checkComparable, otherThanExpected } from './expected.ts';
import { checkWrite, localGet, ownBucket } from './local-read.ts';
import { checkPageSize, paginate } from './paging.ts';

interface MemoryObject {
  info: ObjectInfo;
  bytes: Uint8Array;
}

/** Buckets of objects. A Client holds one, so that `mem://bucket` is the same place within it and nowhere else. */
export interface MemoryTree {
  buckets: Map<string, Map<string, MemoryObject>>;
  /** Counts the writes; makes ETags. */
  writes: number;
}

/** Options of {@link createMemoryStore}. */
export interface MemoryStoreOptions {
  bucket: string;
  /** @default a tree of its own */
  tree?: MemoryTree | undefined;
  /** @default Date.now */
  clock?: Clock | undefined;
}

const HEADERS = ['contentType', 'contentEncoding', 'contentDisposition', 'contentLanguage', 'cacheControl', 'storageClass'] as const;

/** An empty place for buckets. */
export function createMemoryTree(): MemoryTree {
  return { buckets: new Map(), writes: 0 };
}

/**
 * Open a bucket in memory; it begins empty. Bytes are copied on the way in and out, a put is there whole or not at all, and of many
 * conditional writers one wins. Errors: `InvalidArgument`, `PreconditionFailed`, `NotModified`, `RangeNotSatisfiable`.
 *
 * @example
 * const store = createMemoryStore({ bucket: 'scratch' });
 * await store.put('a', 'hello');
 */
export function createMemoryStore(options: MemoryStoreOptions): ObjectStore {
  const { bucket, tree = createMemoryTree(), clock = Date.now } = options;
  const objects = tree.buckets.get(bucket) ?? new Map<string, MemoryObject>();
  tree.buckets.set(bucket, objects);
  const copyInfo = (info: ObjectInfo): ObjectInfo => ({ ...info, metadata: { ...info.metadata } });
  const find = (key: string, { signal }: AbortOptions): MemoryObject | undefined => {
    throwIfAborted(signal);
    return objects.get(checkKey(key));
  };
  const write = (key: string, bytes: Uint8Array, about: Partial<ObjectInfo>): PutResult => {
    const etag = `"${(++tree.writes).toString(16).padStart(16, '0')}"`;
    const info = { ...about, key, sizeBytes: bytes.length, etag, lastModified: new Date(clock()), metadata: { ...about.metadata } };
    objects.set(key, { info, bytes });
    return { key, sizeBytes: bytes.length, etag };
  };

  return {
    url: `mem://${bucket}`,
    capabilities: capabilitiesOf('mem', true),

    async get(key, o = {}) {
      const object = find(key, o);
      return object ? localGet(copyInfo(object.info), object, o) : null;
    },

    async head(key, o = {}) {
      const object = find(key, o);
      return object ? copyInfo(object.info) : null;
    },

    async put(key: string, body, o: PutOptions = {}) {
      find(key, o);
      const sendable = toSendable(body, o);
      const about: Partial<ObjectInfo> = { metadata: { ...o.metadata } };
      for (const name of HEADERS) if (o[name] !== undefined) about[name] = o[name];
      if (sendable.contentType !== undefined) about.contentType = sendable.contentType;
      const bytes = (await gatherBody(sendable, o)).slice();
      if (o.sizeBytes !== undefined && o.sizeBytes !== bytes.length) {
        throw new CloudError(`the body has ${bytes.length} bytes, not ${o.sizeBytes}`, { code: 'InvalidArgument', key, operation: 'put' });
      }
      throwIfAborted(o.signal);
      // No await from here on: the check and the write are one step.
      checkWrite(key, objects.get(key)?.info.etag, o, 'put');
      return write(key, bytes, about);
    },

    async delete(keys, o: DeleteOptions = {}) {
      const all = typeof keys === 'string' ? [keys] : keys;
      if (o.ifMatch !== undefined && typeof keys !== 'string')
        throw new CloudError('ifMatch is for one key', { code: 'InvalidArgument', operation: 'delete' });
      for (const key of all) checkWrite(key, find(key, o)?.info.etag, o, 'delete');
      for (const key of all) objects.delete(key);
      return { deleted: [...all], errors: [] };
    },

    list(o: ListOptions = {}) {
      checkPageSize(o.pageSize);
      const sorted = function* (): Generator<string, void, undefined> {
        throwIfAborted(o.signal);
        const { prefix = '', startAfter = '' } = o;
        yield* [...objects.keys()].filter((key) => key.startsWith(prefix) && compareUtf8(key, startAfter) > 0).sort(compareUtf8);
      };
      return paginate(sorted(), o, (key) => {
        const object = objects.get(key);
        return object && copyInfo(object.info);
      });
    },

    async setMetadata(key, metadata, o: SetMetadataOptions = {}) {
      const object = find(key, o);
      if (o.expected) checkComparable(key, o.expected);
      if (object && o.expected && o.expected.etag !== object.info.etag) throw otherThanExpected(key);
      return object ? write(key, object.bytes, { ...object.info, metadata }) : null;
    },

    async copy(from, to, o: CopyOptions = {}) {
      ownBucket(o, to);
      const source = find(from, o);
      if (source) checkWrite(from, source.info.etag, { ifMatch: o.ifMatch }, 'copy');
      checkWrite(checkKey(to), objects.get(to)?.info.etag, { ifAbsent: o.ifAbsent }, 'copy');
      return source ? write(to, source.bytes, { ...source.info, metadata: o.metadata ?? source.info.metadata }) : null;
    },
  };
}
