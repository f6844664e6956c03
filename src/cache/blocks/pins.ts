/**
 * The version that a reader reads at the moment, and what becomes of it when the object changes.
 *
 * @module
 */
import { CloudError, isCloudError } from '../../errors.ts';
import { shownKey } from '../../store/shown-key.ts';
import type { ObjectInfo, ObjectStore } from '../../types.ts';
import { delay } from '../../util/abort.ts';
import { createMemoryContainer } from '../container/memory-container.ts';
import type { CacheContainer } from '../container/container.ts';
import { cacheObject } from '../identity.ts';
import type { Answer, Asking } from './asking.ts';
import { createBlockCache, type BlockCache, type BlockObject, type ByteSpan, type FetchRange } from './block-cache.ts';
import { isOf, mayBeSame, objectChanged, unstableVersionOf, versionOf, weakWarning, type Version } from './pinned.ts';
import type { ReaderOptions } from './reader-options.ts';

/** A version, and what it is read by. */
export interface Pinned {
  readonly version: Version;
  readonly object: BlockObject;
  readonly blocks: BlockCache;
  readonly fetch: FetchRange;
  /** When it was seen first, as `performance.now` tells it. */
  readonly seenAt: number;
}

/** What {@link createPins} is made of. */
export interface PinsInit {
  readonly store: ObjectStore;
  readonly key: string;
  readonly blockBytes: number;
  readonly options: ReaderOptions;
  readonly asking: Asking;
  /** Ends looks at what became of the object. */
  readonly life: AbortSignal;
}

/** The versions that a reader reads, one after the other. */
export interface Pins {
  /** Pins what the object is at the moment. */
  open(first: ByteSpan): Promise<void>;
  current(): Pinned;
  /**
   * Looks what became of a version of which answers are not any more, once for all reads that find it so. Leaves what is to be read now as the
   * current one, or rejects with `error`.
   */
  renew(stale: Pinned, error: unknown): Promise<void>;
  /** Closes what no other reader has. */
  close(): Promise<void>;
}

/**
 * Times are told in seconds: what is written in the second of the version before has the same time. Whoever looks later than this after he saw
 * a version first sees another time, were it written between two of his looks.
 */
const SETTLED_MS = 1200;
const NOBODY = '0'.repeat(16);

/** Make the versions of one reader. */
export function createPins(init: PinsInit): Pins {
  const { store, key, blockBytes, options, asking, life } = init;
  const shown = shownKey(store.url, key);
  const { namespace = NOBODY, onChange = 'error' } = options;
  const owned: { blocks: BlockCache; container?: CacheContainer }[] = [];
  const renewals = new WeakMap<Pinned, Promise<void>>();
  /** Versions that are known to be gone. */
  const lost = new WeakSet<Pinned>();
  let current: Pinned | undefined;
  let own: BlockCache | undefined;
  let beginnings = 0;
  let warned = false;

  const blocksOver = (container: CacheContainer): BlockCache => {
    const { gapBytes, maxRequestBytes, concurrency } = options;
    return createBlockCache({ container, gapBytes, maxRequestBytes, concurrency });
  };
  const ownBlocks = (): BlockCache => {
    if (own) return own;
    const container = createMemoryContainer();
    own = blocksOver(container);
    owned.push({ blocks: own, container });
    return own;
  };
  let shared = options.blockCache;
  if (!shared && options.container) {
    shared = blocksOver(options.container);
    owned.push({ blocks: shared });
  }

  const fetchOf =
    (version: Version): FetchRange =>
    async (span, { signal }) => {
      const accept = (answer: ObjectInfo): void => {
        if (!isOf(version, answer)) throw objectChanged(shown);
      };
      try {
        // a store behind a cache has no need to ask for a version that it keeps
        const expected = version.validator === undefined ? undefined : version.info;
        const answer = await asking.range(span, { ...version.condition, expected, signal }, accept);
        if (answer) return answer.bytes;
      } catch (error) {
        if (isCloudError(error, 'PreconditionFailed') || isCloudError(error, 'RangeNotSatisfiable')) throw objectChanged(shown, error);
        throw error;
      }
      throw objectChanged(shown, new CloudError(`${shown} is gone`, { code: 'NotFound', operation: 'read', key: shown }));
    };

  const pin = (version: Version): Pinned => {
    const { validator, info } = version;
    const isWeak = validator === undefined;
    if (isWeak && !warned) {
      warned = true;
      options.onWarning?.(weakWarning(version));
    }
    // each beginning of what cannot be told apart has blocks of its own
    const cut = { validator: validator ?? `beginning ${++beginnings}`, sizeBytes: info.sizeBytes, blockBytes };
    const place = /^https?:/.test(store.url) ? { url: store.url + key, key: '' } : { url: store.url, key };
    const name = (!isWeak && options.nameOf?.(cut)) || cacheObject({ namespace, ...place, ...cut });
    current = {
      version,
      object: { namespace, object: name, sizeBytes: info.sizeBytes, blockBytes },
      blocks: isWeak ? ownBlocks() : (shared ?? ownBlocks()),
      fetch: fetchOf(version),
      seenAt: performance.now(),
    };
    return current;
  };
  /** Pins a version, with the bytes that told of it. */
  const begin = ({ info, start, bytes }: Answer, version = versionOf(info, store.url)): void => {
    const { blocks, object } = pin(version);
    blocks.put(object, start, bytes).catch(() => {});
  };

  /** Looks once, and again when nothing but the ETag is another: whether that changes from look to look. */
  async function lookTwice(version: Version): Promise<{ now: Answer | null; changes: boolean }> {
    const first = { start: 0, end: blockBytes };
    const now = await asking.first(first, life);
    if (!now || !mayBeSame(version, now.info) || isOf(version, now.info)) return { now, changes: false };
    const again = await asking.first(first, life);
    return { now: again, changes: Boolean(again && mayBeSame(version, again.info) && again.info.etag !== now.info.etag) };
  }

  async function look(stale: Pinned, error: unknown): Promise<void> {
    const { version } = stale;
    const restarts = onChange === 'restart';
    // what it is now is of interest only if it may be the same, or may be read instead
    if (lost.has(stale) || (!restarts && !version.validator?.startsWith('e:'))) throw error;
    const settled = stale.seenAt + SETTLED_MS;
    const isYoung = performance.now() < settled;
    let seen = await lookTwice(version);
    if (seen.changes && isYoung) {
      await delay(Math.max(0, settled - performance.now()), life);
      seen = await lookTwice(version);
    }
    const { now, changes } = seen;
    if (now && changes) return begin(now, unstableVersionOf(now.info));
    if (now && isOf(version, now.info)) return;
    if (!now || !restarts) {
      lost.add(stale);
      throw error;
    }
    begin(now);
    options.onRestart?.(now.info);
  }

  return {
    async open(first) {
      const expected = options.expected && versionOf(options.expected, store.url);
      if (expected?.validator !== undefined) return void pin(expected);
      const answer = await asking.first(first, options.signal);
      if (!answer) throw new CloudError(`there is no ${shown}`, { code: 'NotFound', operation: 'read', key: shown, url: store.url });
      begin(answer);
    },
    current: () => current!,
    async renew(stale, error) {
      if (current !== stale) return;
      let renewal = renewals.get(stale);
      if (!renewal) {
        renewal = look(stale, error).finally(() => renewals.delete(stale));
        renewals.set(stale, renewal);
      }
      await renewal;
    },
    async close() {
      for (const { blocks, container } of owned.splice(0)) {
        await blocks.close();
        await container?.close();
      }
    },
  };
}
