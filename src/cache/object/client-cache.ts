/**
 * The cache of one client: where its values are, whose they are, what it did, and how it is cleared.
 *
 * @module
 */
import { runtime } from '#platform';
import type { Identity } from '../../auth/identity.ts';
import type { StoreContext } from '../../store/context.ts';
import { aliasesOf } from '../../store/aliases-of.ts';
import type { AbortOptions, CacheStats, ClearCacheOptions } from '../../types.ts';
import { parseUrl } from '../../url/parse.ts';
import { throwIfAborted } from '../../util/abort.ts';
import type { Clearable } from '../container/browser-places.ts';
import { chooseContainer, memoryBudget, wouldLast } from '../container/choose-container.ts';
import type { CacheTrouble, CacheUsage } from '../container/container.ts';
import { failedError } from '../container/not-done.ts';
import { cacheNamespace, identityPrefix, webText } from '../identity.ts';
import { identitiesNamed, type Known } from './identities.ts';
import { placeOf } from './place.ts';
import { fromEntry, urlOfEntry } from './pointer.ts';
import { cachePolicy, type CachePolicy } from './policy.ts';
import { createShelves, type Shelf, type Shelves } from './shelf.ts';
import { randomName } from '../../util/random-name.ts';

/** What is counted of reads. */
export type CacheCounts = Pick<CacheStats, 'hits' | 'misses' | 'revalidated' | 'bytesSaved' | 'bytesFetched'>;

/** Something else that is kept for a client, as local copies: it is counted and cleared with the values. */
export interface CachePart {
  stats(): Promise<{ copies: number; copyBytes: number }>;
  /**
   * @param options.namespaces the first 8 digits of those of this client's identities
   * @returns how many copies went. Rejects for those that were to stay, when all others are gone
   */
  clear(options: ClearCacheOptions & { readonly namespaces: readonly string[] }): Promise<number>;
}

/** See {@link clientCacheOf}. */
export interface ClientCache {
  readonly policy: CachePolicy;
  /** Whether values are kept at all: the client's options say `cache`, and its mode is not `off`. */
  readonly keepsValues: boolean;
  /** Counted up by whoever reads. */
  readonly counts: CacheCounts;
  /** Where values of an identity are: those of who does not last are in memory, and go with the client. */
  shelf(identity: Identity): Promise<Shelf>;
  /** Notes who asks, so that clearing finds what was kept for him. */
  note(provider: string, identity: Identity): void;
  /** A name for credentials that tell none: the same for the same object, in this client. */
  nameOf(credentials: object): string;
  /** Something that is counted and cleared along. */
  join(part: CachePart): void;
  stats(): Promise<CacheStats>;
  /**
   * Removes what was kept for the identities of this client, in every container.
   *
   * @returns how many values and copies went
   * @throws CloudError `Timeout` or `ServerError`: storage would not remove something, or could not be opened, when everything else is gone
   * @throws what copies with edits that were not uploaded are told by, when everything else is gone
   */
  clear(options?: ClearCacheOptions): Promise<number>;
}

const isBelow = (url: string, prefix: string): boolean =>
  prefix.endsWith('/') ? url.startsWith(prefix) : url === prefix || url.startsWith(`${prefix}/`);

/** What is below a URL of the web, as `urlOfEntry` tells it: without a query. */
const folderOfWeb = (folder: string, url: string): string =>
  webText(folder.replace(/\?.*/s, '').replace(/\/$/, '')) + (url.replace(/\?.*/s, '').endsWith('/') ? '/' : '');

/** Runs one step of clearing, counts what went, and notes what it rejects with; but an abort. */
type Attempt = (work: () => Promise<number>) => Promise<void>;

function createClientCache(context: StoreContext): ClientCache {
  const { options } = context;
  const policy = cachePolicy(options.cache, context.env);
  const keepsValues = options.cache !== undefined && policy.mode !== 'off';
  const counts: CacheCounts = { hits: 0, misses: 0, revalidated: 0, bytesSaved: 0, bytesFetched: 0 };
  const trouble: Record<string, number> = {};
  const names = new WeakMap<object, string>();
  const used = new Map<string, Known>();
  const parts: CachePart[] = [];
  const onTrouble = ({ code, name }: CacheTrouble): void => {
    trouble[`${code} ${name}`] = (trouble[`${code} ${name}`] ?? 0) + 1;
  };
  const { container, dir, maxBytes, memoryBytes, gapBytes, maxRequestBytes } = policy;
  // a folder is for files alone: pages keep values where they always do
  const folder = container === 'disk' || (container === 'auto' && runtime() !== 'browser') ? dir : undefined;
  const choice = { folder, budgetBytes: maxBytes, memoryBytes, encrypt: policy.encrypt || undefined, onTrouble };
  // what is said of a disk is said of memory only where memory was asked for by name
  const inMemory =
    options.cache?.container === 'memory' ? { budgetBytes: maxBytes, memoryBytes } : { budgetBytes: memoryBudget(choice), memoryBytes };
  const lasting = createShelves({
    gapBytes,
    maxRequestBytes,
    open: () => chooseContainer(container, container === 'memory' ? { ...inMemory, onTrouble } : choice),
  });
  const passing = createShelves({
    gapBytes,
    maxRequestBytes,
    open: () => chooseContainer('memory', { ...inMemory, onTrouble }),
  });
  context.onClose(async () => void (await Promise.all([lasting.close(), passing.close()])));

  /** Everybody whose values are to be found, told from the options first. */
  const everybody = (): Known[] => [...identitiesNamed(options, context.env), ...used.values()];

  /**
   * Removes what is known of objects below a URL, and their blocks; and what nobody knows the object of, since its pointer was evicted or never
   * written: it may be of one below, and can be fetched again if it is not.
   */
  async function removeBelow(from: Clearable, namespace: string, prefix: string, attempt: Attempt, given: AbortOptions): Promise<void> {
    // first: what comes later has a pointer, or is not looked at
    const objects = new Set(await from.objects({ namespace }, given));
    for await (const entry of from.known({ namespace }, given)) {
      const url = urlOfEntry(entry);
      const pointer = url === '' || isBelow(url, prefix) ? undefined : fromEntry(entry);
      for (const object of pointer ? [entry.object, pointer.object, ...pointer.before] : []) objects.delete(object);
    }
    for (const object of objects) await attempt(() => from.delete({ namespace, object }, given));
  }

  async function clearValues({ prefix, signal }: ClearCacheOptions, attempt: Attempt): Promise<void> {
    const location = prefix === undefined ? undefined : parseUrl(prefix, { aliases: aliasesOf(context) });
    const place = location && placeOf(context, location);
    if (location && !place) return;
    const below = place && place.root + (place.bucket ? location.path : folderOfWeb(place.folder, prefix!));
    const clearIn = async (from: Clearable): Promise<number> => {
      const done = new Set<string>();
      for (const { provider, identity } of everybody()) {
        if (place && place.provider !== provider) continue;
        const who = { provider, identity: identity.id };
        const namespace = place ? cacheNamespace({ ...who, endpoint: place.endpoint, bucket: place.bucket }) : identityPrefix(who);
        if (done.has(namespace)) continue;
        done.add(namespace);
        if (!place || below === place.root || `${below}/` === place.root) await attempt(() => from.delete({ namespace }, { signal }));
        else await attempt(async () => (await removeBelow(from, namespace, below!, attempt, { signal }), 0));
      }
      return 0;
    };
    // what lasts may be there from before this client was made; what does not is there only if it was used
    const lasts = policy.mode === 'persistent' && options.cache !== undefined;
    const shelves: Shelves[] = [lasting, passing].filter((one) => one.opened() !== undefined || (lasts && one === lasting));
    for (const one of shelves) await attempt(() => one.clear(clearIn));
    if (!lasts) return;
    const { kind } = (await lasting.opened()) ?? { kind: 'memory' };
    const fellBack = kind === 'memory' && wouldLast(container, choice);
    if (runtime() === 'browser') {
      // options may have been others once; and storage that could not be opened may hold what a reload finds again
      const { clearPlaces } = await import('../container/browser-places.ts');
      const suffix = policy.encrypt ? '-encrypted' : '';
      await attempt(() => clearPlaces(clearIn, { except: kind + suffix, own: (container === 'auto' ? 'indexeddb' : container) + suffix }));
    } else if (fellBack && folder !== undefined)
      await attempt(() =>
        Promise.reject(failedError('clearCache', new DOMException('the cache could not be opened', 'InvalidStateError'))),
      );
  }

  return {
    policy,
    keepsValues,
    counts,
    shelf: ({ durable }) => (durable ? lasting : passing).current(),
    note(provider, identity) {
      const name = `${provider} ${identity.id}`;
      if (!used.has(name)) used.set(name, { provider, identity });
    },
    nameOf(credentials) {
      const name = names.get(credentials) ?? randomName();
      names.set(credentials, name);
      return name;
    },
    join: (part) => void parts.push(part),
    async stats() {
      const containers = await Promise.all([lasting.opened(), passing.opened()]);
      const usages = await Promise.all(containers.map(async (one) => one?.usage()));
      const copies = await Promise.all(parts.map((part) => part.stats()));
      const sum = (of: (usage: CacheUsage) => number): number => usages.reduce((total, usage) => total + (usage ? of(usage) : 0), 0);
      return {
        ...counts,
        container: containers.find((one) => one !== undefined)?.kind ?? 'none',
        entries: sum(({ entries }) => entries),
        bytes: sum(({ bytes }) => bytes),
        budgetBytes: sum(({ budgetBytes }) => budgetBytes),
        copies: copies.reduce((total, one) => total + one.copies, 0),
        copyBytes: copies.reduce((total, one) => total + one.copyBytes, 0),
        trouble: { ...trouble },
      };
    },
    async clear(given = {}) {
      throwIfAborted(given.signal);
      let removed = 0;
      let failure: { reason: unknown } | undefined;
      // what fails keeps nothing else from going
      await clearValues(given, async (work) => {
        throwIfAborted(given.signal);
        try {
          // steps are made of steps: what they count is not to be written over
          const count = await work();
          removed += count;
        } catch (reason) {
          throwIfAborted(given.signal);
          failure ??= { reason };
        }
      });
      const namespaces = everybody().map(({ provider, identity }) => identityPrefix({ provider, identity: identity.id }));
      const ends = await Promise.allSettled(parts.map((part) => part.clear({ ...given, namespaces })));
      const failed = ends.find((end) => end.status === 'rejected');
      for (const end of ends) if (end.status === 'fulfilled') removed += end.value;
      // copies that stayed are told of when nothing else did
      if (failure) throw failure.reason;
      if (failed) throw failed.reason;
      return removed;
    },
  };
}

/**
 * The cache of a client, made on first use.
 *
 * @throws InvalidConfigurationError the client's options or the environment do not fit
 * @throws CloudError `NotSupported`: encryption where it is not to be had
 */
export const clientCacheOf = (context: StoreContext): ClientCache => context.shared('cache', () => createClientCache(context));
