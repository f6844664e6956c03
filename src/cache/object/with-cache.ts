/**
 * A store behind a cache.
 *
 * @module
 */
import type { Identity } from '../../auth/identity.ts';
import { CloudError, isCloudError } from '../../errors.ts';
import { checkRange } from '../../store/read.ts';
import type { HeadOptions } from '../../store/remote-get.ts';
import type { AbortOptions, Clock, GetOptions, GetResult, ListOptions, ObjectInfo, ObjectStore } from '../../types.ts';
import { abortable } from '../../util/abort.ts';
import { shownKey } from '../../store/shown-key.ts';
import { cacheNamespace, webText } from '../identity.ts';
import { findUsable, judge, notCached, type Cached } from './cached.ts';
import type { ClientCache } from './client-cache.ts';
import { createLedger, type Reading } from './ledger.ts';
import type { CachePlace } from './place.ts';
import { pointerKey, type Pointer, type Subject } from './pointer.ts';
import { ANEW, fetchRange, firstRange, hitRange, pastEnd, type AskedRange } from './ranges.ts';
import { copyOf, resultOfBytes } from './results.ts';
import { confirm, dismiss, revalidate } from './revalidate.ts';
import { confirms, isMeant } from './versions.ts';
import { fetchWhole, hitWhole, keepWhole } from './whole.ts';

/** What {@link withCache} needs beside the store. */
export interface WithCacheInit {
  /** The client's. */
  cache: ClientCache;
  /** What the store is a view of. */
  place: CachePlace;
  /** Who asks for a key at this moment. */
  identity(key: string, options: AbortOptions): Identity | Promise<Identity>;
  /** Conditions cannot be sent, as in a page, where each would cost a request of its own. */
  page: boolean;
  /** @default Date.now */
  clock?: Clock | undefined;
  /** Told of ETags that tell nothing. */
  onWarning?: ((warning: CloudError) => void) | undefined;
}

/** Somebody else brought it: it is to be looked for again. */
const LATER: unique symbol = Symbol('somebody else is at it');

type Outcome = GetResult | null | typeof ANEW | typeof LATER;

/** How often a read begins anew because the object becomes another while it is read; then it is read past the cache. */
const TRIES = 3;

/** The first bytes of an object that somebody else is fetching at this moment. */
interface Opening {
  start: number;
  end: number;
  done: Promise<unknown>;
}

/**
 * Put a cache in front of a store. What is kept is handed out as the client's freshness says; all that is fetched is kept, but for what
 * the platform decoded, what nothing tells versions apart of, and what does not have its checksum. Listings are always asked for.
 *
 * Storage that fails or is slow fails no read. Errors: those of the store; `NotCached` where nothing may be fetched.
 *
 * @example const cached = withCache(store, { cache: clientCacheOf(context), place, identity: () => anonymous, page: false });
 */
export function withCache(store: ObjectStore, init: WithCacheInit): ObjectStore {
  const { cache, place, page, clock = Date.now, onWarning } = init;
  const { policy } = cache;
  if (!cache.keepsValues) return store;
  const ledger = createLedger({ clock, onWarning });
  const cached: Cached = { store, cache, ledger, clock, page, learnt: { mute: false }, metadata: place.provider !== 'http' };
  const openings = new Map<string, Set<Opening>>();
  const offline = policy.freshness === 'offline';
  const hides = store.capabilities.storedBytes !== true;

  /** Answers differ in what they show and in what the platform decodes: what one kind of read kept is not for another. */
  const flavourOf = ({ storedBytes, version }: GetOptions): string =>
    (hides ? String(storedBytes) : '') + (version === undefined ? '' : `@${version}`);
  const flavours = hides ? ['true', 'false', 'undefined'] : [''];

  const shown = (key: string): string => shownKey(store.url, key);

  let last: { id: string; namespace: string } | undefined;
  const namespaceOf = (id: string): string => {
    const { provider, endpoint, bucket } = place;
    if (last?.id !== id) last = { id, namespace: cacheNamespace({ provider, endpoint, bucket, identity: id }) };
    return last.namespace;
  };

  const subjectOf = (namespace: string, key: string, flavour: string): Subject =>
    place.bucket
      ? { namespace, url: place.root, key, flavour }
      : { namespace, url: place.root + webText(place.folder + key), key: '', flavour };

  async function begin(key: string, options: GetOptions): Promise<Reading> {
    const since = ledger.now();
    const at = clock();
    const identity = await init.identity(key, options);
    cache.note(place.provider, identity);
    const namespace = namespaceOf(identity.id);
    const shelf = await cache.shelf(identity);
    const subject = subjectOf(namespace, key, flavourOf(options));
    // requests are signed as who asks when they go out, and after a refusal that may be another
    const still = async (): Promise<boolean> => {
      try {
        return (await init.identity(key, {})).id === identity.id;
      } catch {
        return false;
      }
    };
    return { key, shown: shown(key), subject, shelf, keep: options.cache !== 'read-only', since, at, still };
  }

  async function readWhole(reading: Reading, pointer: Pointer | undefined, options: GetOptions): Promise<Outcome> {
    if (pointer && (pointer.whole || offline)) {
      if (judge(cached, pointer, options) === 'fresh') return hitWhole(cached, reading, pointer, options);
      const verdict = await revalidate(cached, reading, pointer, options);
      if (verdict.is === 'same') return hitWhole(cached, reading, verdict.pointer, options);
      if (verdict.is === 'gone') {
        await ledger.drop(reading);
        return null;
      }
      if (verdict.result && options.ifMatch === undefined) return keepWhole(cached, reading, verdict.result, options);
      await dismiss(verdict);
    }
    return fetchWhole(cached, reading, options);
  }

  /** Whoever wants what somebody else is fetching for the first time waits for it. */
  async function readNewRange(reading: Reading, range: AskedRange, options: GetOptions): Promise<Outcome> {
    if (!reading.keep || options.cache === 'reload') return fetchRange(cached, reading, range, options);
    const id = `${reading.subject.namespace}/${pointerKey(reading.subject).object}`;
    const mine = firstRange(range, policy.blockBytes);
    const under = openings.get(id) ?? new Set();
    openings.set(id, under);
    const theirs = [...under].find(({ start, end }) => start < mine.end && mine.start < end);
    if (theirs) {
      await abortable(theirs.done, options.signal);
      return LATER;
    }
    const work = fetchRange(cached, reading, range, options);
    const opening = { ...mine, done: work.catch(() => {}) };
    under.add(opening);
    try {
      return await work;
    } finally {
      under.delete(opening);
      if (!under.size) openings.delete(id);
    }
  }

  /** A version that is asked for by name may be the one that is known without. */
  async function look(key: string, options: GetOptions, anew: boolean): Promise<{ reading: Reading; found: Pointer | undefined }> {
    const { version } = options;
    const reading = await begin(key, { ...options, version: undefined });
    const found = anew ? undefined : await findUsable(cached, reading, options);
    if (version === undefined) return { reading, found };
    if (found && [found.info.generation, found.info.versionId].includes(version)) return { reading: { ...reading, named: true }, found };
    const other = { ...reading, subject: { ...reading.subject, flavour: flavourOf(options) } };
    return { reading: other, found: anew ? undefined : await findUsable(cached, other, options) };
  }

  async function attempt(key: string, range: AskedRange | undefined, options: GetOptions, anew: boolean): Promise<Outcome> {
    const { reading, found } = await look(key, options, anew);
    const judged = found && judge(cached, found, options);
    const pointer = judged === 'other' ? undefined : found;
    if (offline && !pointer && options.cache !== 'reload') throw notCached(shown(key), 'get');
    if (pointer && judged === 'fresh' && options.ifNoneMatch !== undefined && isMeant(options.ifNoneMatch, pointer.info))
      throw new CloudError(`${reading.shown} is not modified`, {
        code: 'NotModified',
        operation: 'get',
        key: reading.shown,
        info: { ...pointer.info, key: reading.shown },
      });
    if (!range) return readWhole(reading, pointer, options);
    return pointer
      ? hitRange(cached, reading, pointer, range, { ...options, fresh: judged === 'fresh' })
      : readNewRange(reading, range, options);
  }

  async function get(key: string, options: GetOptions = {}): Promise<GetResult | null> {
    const { expected, version, signal } = options;
    const range = checkRange(options.range);
    const { cache: mode = 'default', ...past } = options;
    // a version `null` is replaced in place
    if (mode === 'bypass' || version === 'null') return store.get(key, past);
    if (range && range.start === range.end) return emptyRange(key, range.start, { version, signal });
    let anew = false;
    for (let tries = 0; tries < TRIES; tries++) {
      try {
        const result = await attempt(key, range, options, anew);
        if (result === null || typeof result === 'object') return result;
        anew = result === ANEW;
      } catch (error) {
        if (!isCloudError(error, 'ObjectChanged')) throw error;
        if (expected)
          throw new CloudError(`${shown(key)} is another version`, {
            code: 'PreconditionFailed',
            operation: 'get',
            key: shown(key),
            cause: error,
          });
        anew = true;
      }
    }
    if (offline) throw notCached(shown(key), 'get');
    return store.get(key, past);
  }

  /** No bytes: whether the object is there. */
  async function emptyRange(key: string, start: number, options: HeadOptions): Promise<GetResult | null> {
    const info = await head(key, options);
    if (info && start > info.sizeBytes) throw pastEnd(shown(key));
    return info && resultOfBytes(info, { start, end: start }, new Uint8Array());
  }

  async function head(key: string, options: HeadOptions = {}): Promise<ObjectInfo | null> {
    if (options.version !== undefined) return store.head(key, options);
    const reading = await begin(key, { signal: options.signal, storedBytes: true });
    const pointer = await findUsable(cached, reading, options);
    if (pointer && judge(cached, pointer, {}) === 'fresh') return { ...copyOf(pointer.info), key: reading.shown };
    // what other kinds of reads were shown may lack how it is encoded: it has to do where nothing may be asked
    for (const flavour of offline ? flavours : []) {
      const other = await findUsable(cached, { ...reading, subject: { ...reading.subject, flavour } }, options);
      if (other) return { ...copyOf(other.info), key: reading.shown };
    }
    if (offline) throw notCached(shown(key), 'head');
    const now = await store.head(key, options);
    if (pointer && now && confirms(pointer, now)) await confirm(cached, reading, pointer, now);
    else if (pointer) await ledger.drop(reading);
    return now;
  }

  /** Nothing that was read of these keys before or meanwhile is found afterwards. */
  async function writing<T>(keys: readonly string[], options: AbortOptions, write: () => Promise<T>): Promise<T> {
    for (const key of keys) ledger.wrote(key);
    try {
      return await write();
    } finally {
      for (const key of keys) ledger.wrote(key);
      await forget(keys, options).catch(() => {});
    }
  }

  async function forget(keys: readonly string[], options: AbortOptions): Promise<void> {
    for (const key of keys) {
      if (typeof key !== 'string') continue;
      const { subject, shelf } = await begin(key, options);
      for (const flavour of flavours) await ledger.drop({ subject: { ...subject, flavour }, shelf });
    }
  }

  const wrapped: ObjectStore = {
    url: store.url,
    capabilities: store.capabilities,
    get,
    head,
    put: (key, body, options = {}) => writing([key], {}, () => store.put(key, body, options)),
    delete: (keys, options = {}) => writing(typeof keys === 'string' ? [keys] : keys, {}, () => store.delete(keys, options)),
    async *list(options?: ListOptions) {
      if (offline) throw notCached(store.url, 'list');
      yield* store.list(options);
    },
  };
  if (store.copy) wrapped.copy = (from, to, options = {}) => writing([to], {}, () => store.copy!(from, to, options));
  if (store.rewrite) wrapped.rewrite = (key, content, options) => writing([key], {}, () => store.rewrite!(key, content, options));
  if (store.setMetadata)
    wrapped.setMetadata = (key, metadata, options = {}) => writing([key], {}, () => store.setMetadata!(key, metadata, options));
  if (store.multipart)
    wrapped.multipart = async (key, options) => {
      const upload = await store.multipart!(key, options);
      const { complete } = upload;
      return Object.assign(upload, { complete: (o?: AbortOptions) => writing([key], {}, () => complete.call(upload, o)) });
    };
  if (store.listUploads) wrapped.listUploads = (options) => store.listUploads!(options);
  if (store.signUrl) wrapped.signUrl = (key, options) => store.signUrl!(key, options);
  if (store.touch) wrapped.touch = (key, options) => writing([key], {}, () => store.touch!(key, options));
  if (store.isFolder) wrapped.isFolder = (key, options) => store.isFolder!(key, options);
  return wrapped;
}
