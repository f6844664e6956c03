/**
 * A store in memory for tests of readers: what it is asked is recorded, and what it tells of versions may be odd.
 *
 * @module
 */
import { CloudError } from '../../src/errors.ts';
import { createMemoryStore } from '../../src/store/memory.ts';
import type { GetOptions, ObjectInfo, ObjectStore } from '../../src/types.ts';

/** A store, and what it was asked. */
export interface WatchedStore {
  readonly store: ObjectStore;
  readonly gets: GetOptions[];
  /** `start-end` of each get so far; `all` for one without a range. */
  spans(): string[];
  /** Called with each get before it is answered; the n-th is 1. */
  before: (n: number, options: GetOptions) => unknown;
}

/** What a server tells of an object, in place of the truth. */
export type Oddity = (info: ObjectInfo, n: number) => Partial<ObjectInfo>;

/**
 * Makes the store. All but `get` is as it is in memory; a HEAD rejects, since readers make none.
 *
 * @param odd conditions are held against what this makes of ETags
 */
export function watchedStore(odd: Oddity = () => ({}), inner: ObjectStore = createMemoryStore({ bucket: 'b' })): WatchedStore {
  const gets: GetOptions[] = [];
  const watched: WatchedStore = {
    gets,
    before: () => {},
    spans: () => gets.map(({ range }) => (range ? `${range.start}-${range.end}` : 'all')),
    store: {
      ...inner,
      head: () => Promise.reject(new Error('a HEAD')),
      async get(key, options = {}) {
        const n = gets.push(options);
        await watched.before(n, options);
        const { ifMatch, expected: _, ...rest } = options;
        const result = await inner.get(key, rest);
        if (!result) return null;
        Object.assign(result, odd({ ...result }, n));
        if (ifMatch !== undefined && ifMatch !== result.etag) throw new CloudError('another', { code: 'PreconditionFailed', key });
        return result;
      },
    },
  };
  return watched;
}
