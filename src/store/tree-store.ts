/**
 * The driver behind file:// and opfs://: objects are the files of a tree, folders are what their keys share.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { Disk, DiskStat } from '../platform/types.ts';
import type {
  AbortOptions,
  CopyOptions,
  DeleteOptions,
  DeleteResult,
  GetOptions,
  ListOptions,
  ObjectInfo,
  ObjectStore,
  PutOptions,
  PutResult,
} from '../types.ts';
import { throwIfAborted } from '../util/abort.ts';
import { bodyChunks, toSendable } from '../util/body.ts';
import { once } from '../util/streams.ts';
import { compareUtf8 } from '../util/utf8.ts';
import { capabilitiesOf } from './capabilities.ts';
import { isPathKey, keyToPath } from './file-path.ts';
import { checkWrite, diskTag, localGet, ownBucket } from './local-read.ts';
import { checkPageSize, paginate } from './paging.ts';

/** What makes a tree a store. */
export interface TreeStoreInit {
  url: string;
  /** Absolute, `/`-separated. */
  root: string;
  /** Asked once, when first needed; `undefined` makes every call reject with `NotSupported`. */
  open: () => Promise<Disk | undefined>;
  /** Whether `\` may be part of a name. @default true */
  backslash?: boolean | undefined;
}

/**
 * Make a store of a disk's folder. Writes are atomic; ETags come from the file's version; Content-Type, Cache-Control and the like are
 * taken and dropped (`capabilities.headers` is false), user metadata rejects with `NotSupported`.
 */
export function createTreeStore(init: TreeStoreInit): ObjectStore {
  const { url, root, open, backslash } = init;
  let opened: Promise<Disk | undefined> | undefined;

  const disk = async ({ signal }: AbortOptions): Promise<Disk> => {
    throwIfAborted(signal);
    const found = await (opened ??= open());
    throwIfAborted(signal);
    if (!found) throw new CloudError('this runtime has no such disk', { code: 'NotSupported', url });
    return found;
  };

  /** Where the root really is, as it was last seen. */
  let top: string | null = null;
  const isInside = (real: string): boolean => top !== null && (real === top || real.startsWith(top.replace(/\/?$/, '/')));

  /** The path of a key, after a look at where its folder really is. */
  const locate = async (on: Disk, key: string): Promise<string> => {
    const path = keyToPath(root, key, { backslash });
    if (!on.realPath || !key.includes('/')) return path;
    top ??= await on.realPath(root);
    if (top === null) return path;
    for (
      let folder = path.slice(0, path.lastIndexOf('/'));
      folder.length > root.length;
      folder = folder.slice(0, folder.lastIndexOf('/'))
    ) {
      const real = await on.realPath(folder);
      if (real === null) continue;
      if (isInside(real)) break;
      // the root itself may have moved
      top = await on.realPath(root);
      if (isInside(real)) break;
      throw new CloudError('a symbolic link leads out of the folder', { code: 'PermissionDenied', key, url });
    }
    return path;
  };

  const infoOf = (key: string, stat: DiskStat | null): ObjectInfo | undefined =>
    stat?.kind === 'file'
      ? { key, sizeBytes: stat.sizeBytes, etag: diskTag(stat.version), lastModified: new Date(stat.mtimeMs), metadata: {} }
      : undefined;

  /** What the disk asks just before it changes anything; absent where anything may be replaced. */
  const condition = (key: string, o: PutOptions | DeleteOptions, operation: string): ((now: DiskStat | null) => void) | undefined =>
    o.ifMatch === undefined && !('ifAbsent' in o && o.ifAbsent)
      ? undefined
      : (now) => checkWrite(key, infoOf(key, now)?.etag, o, operation);

  const written = (key: string, stat: DiskStat): PutResult => ({ key, sizeBytes: stat.sizeBytes, etag: diskTag(stat.version) });

  const refuseMetadata = (metadata: Record<string, string> | undefined, key: string): void => {
    if (metadata && Object.keys(metadata).length > 0) {
      throw new CloudError('a file holds no user metadata: capability metadata', { code: 'NotSupported', key, url });
    }
  };

  /** Keys below a folder in order, each folder read when its turn comes. With `shallow`, a folder that holds anything gives `name/`. */
  async function* walk(on: Disk, folder: string, o: ListOptions, shallow: boolean): AsyncGenerator<string, void, undefined> {
    const { prefix = '', startAfter = '', signal } = o;
    const entries = await on.list(folder ? keyToPath(root, folder.slice(0, -1), { backslash }) : root, { signal });
    const keys = (entries ?? [])
      .filter((entry) => entry.kind !== 'other' && isPathKey(root, folder + entry.name, { backslash }))
      .map((entry) => folder + entry.name + (entry.kind === 'directory' ? '/' : ''))
      .filter((key) => key.startsWith(prefix));
    for (const key of keys.sort(compareUtf8)) {
      const after = compareUtf8(key, startAfter) > 0;
      if (!key.endsWith('/')) {
        if (after) yield key;
      } else if (after || startAfter.startsWith(key)) {
        const below = walk(on, key, o, false);
        if (!shallow) yield* below;
        else if (!(await below.next()).done) yield key;
      }
    }
  }

  async function* list(o: ListOptions): AsyncGenerator<string, void, undefined> {
    const on = await disk(o);
    const folder = (o.prefix ?? '').replace(/[^/]*$/, '');
    if (folder) {
      if (!isPathKey(root, `${folder}x`, { backslash })) return; // no key begins like this
      await locate(on, `${folder}x`);
    }
    yield* walk(on, folder, o, o.delimiter === '/');
  }

  return {
    url,
    capabilities: capabilitiesOf('file', true),

    async get(key, o: GetOptions = {}) {
      const on = await disk(o);
      const path = await locate(on, key);
      const info = infoOf(key, await on.stat(path, o));
      return info ? localGet(info, { open: () => on.open(path, o) }, o) : null;
    },

    async head(key, o = {}) {
      const on = await disk(o);
      return infoOf(key, await on.stat(await locate(on, key), o)) ?? null;
    },

    async put(key, body, o: PutOptions = {}) {
      const on = await disk(o);
      refuseMetadata(o.metadata, key);
      const path = await locate(on, key);
      const { body: sent } = toSendable(body);
      const { signal, durable, giveAway = false } = o;
      const given = sent instanceof Uint8Array && giveAway;
      const chunks = sized(given ? once(sent) : bodyChunks(sent, o), o.sizeBytes, key);
      const options = { signal, durable, giveAway: given, condition: condition(key, o, 'put') };
      return written(key, await on.write(path, chunks, options));
    },

    async delete(keys, o: DeleteOptions = {}) {
      const on = await disk(o);
      const remove = async (key: string): Promise<void> => {
        await on.remove(await locate(on, key), { signal: o.signal, condition: condition(key, o, 'delete') });
      };
      if (typeof keys === 'string') {
        await remove(keys);
        return { deleted: [keys], errors: [] };
      }
      if (o.ifMatch !== undefined) throw new CloudError('ifMatch is for one key', { code: 'InvalidArgument', operation: 'delete' });
      const result: DeleteResult = { deleted: [], errors: [] };
      for (const key of keys) {
        try {
          await remove(key);
          result.deleted.push(key);
        } catch (error) {
          throwIfAborted(o.signal);
          result.errors.push({ key, error: error as Error });
        }
      }
      return result;
    },

    list(o = {}) {
      checkPageSize(o.pageSize);
      return paginate(list(o), o, async (key) => {
        const on = await disk(o);
        return infoOf(key, await on.stat(keyToPath(root, key, { backslash }), o));
      });
    },

    async copy(from, to, o: CopyOptions = {}) {
      ownBucket(o, to);
      const on = await disk(o);
      refuseMetadata(o.metadata, to);
      const source = await locate(on, from);
      const target = await locate(on, to);
      const options = { signal: o.signal, condition: condition(to, { ifAbsent: o.ifAbsent }, 'copy') };
      // An open file is one version, whatever becomes of the path meanwhile.
      if (on.copy && o.ifMatch === undefined) {
        const stat = await on.copy(source, target, options);
        return stat && written(to, stat);
      }
      const file = await on.open(source, o);
      if (!file) return null;
      try {
        checkWrite(from, diskTag(file.version), { ifMatch: o.ifMatch }, 'copy');
        return written(to, await on.write(target, file.read(0, file.sizeBytes, o), options));
      } finally {
        await file.close();
      }
    },

    async touch(key, o = {}) {
      const on = await disk(o);
      const path = await locate(on, key);
      if ((await on.stat(path, o))?.kind !== 'file') return false;
      await on.touch(path, o);
      return true;
    },

    async isFolder(key, o = {}) {
      const on = await disk(o);
      if (key !== '' && !isPathKey(root, key, { backslash })) return false;
      return (await on.stat(key === '' ? root : await locate(on, key), o))?.kind === 'directory';
    },
  };
}

/** Hold a stream to the size that was promised for it. */
async function* sized(
  chunks: AsyncIterable<Uint8Array>,
  sizeBytes: number | undefined,
  key: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    yield chunk;
  }
  if (sizeBytes !== undefined && size !== sizeBytes) {
    throw new CloudError(`the body has ${size} bytes, not ${sizeBytes}`, { code: 'InvalidArgument', key, operation: 'put' });
  }
}
