/**
 * Stores as a worker serves them: the methods that a page may call, each by name.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import { giving } from '../rpc/own-bytes.ts';
import type { Answer, Peer } from '../rpc/peer.ts';
import type {
  Body,
  CopyOptions,
  ListUploadsOptions,
  MultipartOptions,
  MultipartUpload,
  ObjectStore,
  PutOptions,
  RewriteContent,
} from '../types.ts';
import { linkSignals } from '../util/abort.ts';
import type { KeptTable } from './kept.ts';
import type { Place, PlainCalls, PostedBody, PostedBytes, PostedContent, PostedDelete, UploadCalls, WorkerCalls } from './messages.ts';
import { infoOf, type PostedOptions } from './posted-options.ts';
import { ServedPages, ServedResult, ServedUpload } from './served-result.ts';

/** Does one call of {@link WorkerCalls}. */
export type Serves<Name extends keyof WorkerCalls> = (args: WorkerCalls[Name][0], signal: AbortSignal) => Promise<Answer>;

/** What stores are served with. */
export interface ServeStoresInit {
  readonly peer: () => Peer;
  readonly kept: KeptTable;
  storeAt(place: Place): ObjectStore;
}

type Options = PostedOptions & { signal: AbortSignal };
type ArgsOf<Calls, Name extends keyof Calls> = Calls[Name] extends [infer Args, unknown] ? Args : never;
type On<Target, Calls> = {
  readonly [Name in keyof Calls]: (target: Target, args: ArgsOf<Calls, Name>, options: Options) => Promise<unknown>;
};

const plain: On<ObjectStore, PlainCalls> = {
  head: (store, [key], options) => store.head(key, options as object),
  copy: (store, [from, to], options) => store.copy!(from, to, options as CopyOptions),
  setMetadata: (store, [key, metadata], options) => store.setMetadata!(key, metadata, options as object),
  signUrl: (store, [key], options) => store.signUrl!(key, options as object),
  touch: (store, [key], options) => store.touch!(key, options),
  isFolder: (store, [key], options) => store.isFolder!(key, options),
};

const uploads: On<MultipartUpload, UploadCalls> = {
  listParts: (upload, _, options) => upload.listParts(options),
  sendPart: (upload, [number, bytes, blob], options) => upload.sendPart(number, bytes, { ...(options as object), blob }),
  complete: (upload, _, options) => upload.complete(options),
  abort: (upload, _, options) => upload.abort(options),
};

/** The method of a table, and of nothing else: names come from elsewhere. */
function method<Target, Calls>(
  table: On<Target, Calls>,
  name: keyof Calls,
): (target: Target, args: never, options: Options) => Promise<unknown> {
  if (!Object.hasOwn(table, name)) throw new CloudError(`a store in a worker has no method ${String(name)}`, { code: 'NotSupported' });
  return table[name];
}

const giveBytes = (posted: PostedBytes): Answer => giving(posted, posted.bytes);

/** The calls of stores. */
export function serveStores({ peer, kept, storeAt }: ServeStoresInit): { readonly [Name in StoreCall]: Serves<Name> } {
  function bodyOf(body: PostedBody, signal: AbortSignal): Body {
    if (body.kind === 'whole') return body.body;
    const { id } = body;
    return {
      [Symbol.asyncIterator]: () => ({
        async next(): Promise<IteratorResult<Uint8Array, undefined>> {
          const value = await peer().call<Uint8Array | null>('chunk', { id }, { signal });
          return value ? { done: false, value } : { done: true, value: undefined };
        },
        async return(): Promise<IteratorResult<Uint8Array, undefined>> {
          peer().note('stop', { id });
          return { done: true, value: undefined };
        },
      }),
    };
  }
  const contentOf = ({ id, sizeBytes, changed }: PostedContent, signal: AbortSignal): RewriteContent => ({
    sizeBytes,
    changed,
    read: (start, end) => peer().call('content', { id, start, end }, { signal }),
  });

  return {
    async plain({ place, name, args, options }, signal) {
      const act = method(plain, name);
      return { value: await act(storeAt(place), args as never, { ...options, signal }) };
    },
    async get({ id, place, key, options }, signal) {
      const link = linkSignals(signal);
      try {
        const result = await storeAt(place).get(key, { ...(options as object), signal: link.signal });
        if (!result) return { value: null };
        const its = new ServedResult(result, link);
        if (signal.aborted) its.release(signal.reason);
        else kept.put(id, its);
        const { range, totalBytes, verified: _, decoded: __, ...info } = infoOf(result) as typeof result;
        return { value: { info, range, totalBytes } };
      } finally {
        link.unlink();
      }
    },
    async pull({ id }, signal) {
      try {
        const posted = await kept.get(id, ServedResult).pull(signal);
        if (!posted.bytes) kept.delete(id);
        return giveBytes(posted);
      } catch (error) {
        kept.delete(id);
        throw error;
      }
    },
    async bytes({ id }, signal) {
      const its = kept.get(id, ServedResult);
      try {
        return giveBytes(await its.bytes(signal));
      } finally {
        kept.delete(id);
      }
    },
    async put({ place, key, body, options }, signal) {
      return { value: await storeAt(place).put(key, bodyOf(body, signal), { ...(options as object), signal }) };
    },
    async delete({ place, keys, options }, signal) {
      const { deleted, errors } = await storeAt(place).delete(keys, { ...(options as object), signal });
      const value: PostedDelete = { deleted, errors: errors.map(({ key, error }) => ({ key, error: peer().errors.pack(error) })) };
      return { value };
    },
    async rewrite({ place, key, content, options }, signal) {
      const all = { ...options, signal } as PutOptions & { ifMatch: string };
      return { value: await storeAt(place).rewrite!(key, contentOf(content, signal), all) };
    },
    async page({ id, place, name, options }, signal) {
      let its = kept.find<ServedPages<unknown>>(id, ServedPages);
      if (!its) {
        const link = linkSignals();
        const all = { ...options, signal: link.signal } as ListUploadsOptions;
        const store = storeAt(place);
        its = kept.put(id, new ServedPages<unknown>(name === 'list' ? store.list(all) : store.listUploads!(all), link));
      }
      try {
        const value = await its.next(signal);
        if (value === null) kept.delete(id);
        return { value };
      } catch (error) {
        kept.delete(id);
        throw error;
      }
    },
    async multipart({ id: number, place, key, options }, signal) {
      const upload = await storeAt(place).multipart!(key, { ...options, signal } as MultipartOptions);
      if (!signal.aborted) kept.put(number, new ServedUpload(upload));
      const { id, inOrder } = upload;
      return { value: { key: upload.key, id, inOrder } };
    },
    async upload({ id, name, args, options }, signal) {
      const act = method(uploads, name);
      return { value: await act(kept.get(id, ServedUpload).upload, args as never, { ...options, signal }) };
    },
    async release({ id, reason }) {
      kept.release(id, reason && peer().errors.unpack(reason));
      return { value: undefined };
    },
  };
}

/** The names of {@link serveStores}. */
export type StoreCall = 'plain' | 'get' | 'pull' | 'bytes' | 'put' | 'delete' | 'rewrite' | 'page' | 'multipart' | 'upload' | 'release';
