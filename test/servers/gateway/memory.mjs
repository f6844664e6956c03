/**
 * Buckets in memory, and the one listing that S3's and GCS's APIs both page through.
 *
 * @module
 */
const SURROGATE = /[\ud800-\udfff]/;

/** Order of the UTF-8 bytes, which is the order of code points. */
function compareKeys(a, b) {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A bucket's objects by key, any values. */
export function createBucket(name) {
  const objects = new Map();
  let sorted;
  return {
    name,
    created: new Date(),
    cors: undefined,
    uploads: new Map(),
    get size() {
      return objects.size;
    },
    get: (key) => objects.get(key),
    set(key, object) {
      if (!objects.has(key)) sorted = undefined;
      objects.set(key, object);
    },
    delete(key) {
      if (objects.delete(key)) sorted = undefined;
    },
    keys: () => (sorted ??= [...objects.keys()].sort(compareKeys)),
  };
}

/**
 * One page of keys and folded prefixes, in order.
 *
 * @param {string[]} keys sorted
 * @param {{ prefix: string, delimiter: string, after?: string, from?: string, until?: string, max: number }} options only keys behind
 *   `after`, at or behind `from`, before `until`; prefixes that are not behind `after` are left out, as S3 does
 * @returns {{ keys: string[], prefixes: string[], last?: string }} `last`: what the next page goes on after; undefined at the end
 */
export function pageOf(keys, { prefix, delimiter, after, from, until, max }) {
  const page = { keys: [], prefixes: [], last: undefined };
  let last;
  for (let i = firstAtLeast(keys, prefix); i < keys.length; i++) {
    const key = keys[i];
    if (!key.startsWith(prefix)) break;
    if (until !== undefined && compareKeys(key, until) >= 0) break;
    if (from !== undefined && compareKeys(key, from) < 0) continue;
    const fold = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const item = fold < 0 ? key : key.slice(0, fold + delimiter.length);
    if (after !== undefined && compareKeys(item, after) <= 0) continue;
    if (fold >= 0 && item === page.prefixes.at(-1)) continue;
    if (page.keys.length + page.prefixes.length === max) {
      page.last = last;
      break;
    }
    page[fold < 0 ? 'keys' : 'prefixes'].push(item);
    last = item;
  }
  return page;
}

function firstAtLeast(keys, wanted) {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(keys[middle], wanted) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
