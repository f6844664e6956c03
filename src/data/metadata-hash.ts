/**
 * Hashes of metadata: of the Python text of what a datafile or dataset says about itself, without its id.
 *
 * The original's hash is not one: it depends on the process (the order of sets) and on whether a time was read back (`tzutc()`). Here it is
 * made of sorted sets and of zones as they are when they are set; {@link isMetadataHash} knows the others as well.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { PyDateTime } from './date-time.ts';
import { hashText } from './hash.ts';
import { LabelSet } from './label.ts';
import { sortedItems } from './order.ts';
import { pythonRepr, type ReprOptions, type ZoneStyle } from './python-repr.ts';
import type { Tags } from './tags.ts';
import { PyTuple, see, type PyValue } from './value.ts';

/** What is hashed of a datafile's metadata. */
export interface HashedDatafile {
  timestamp: PyDateTime | null;
  tags: Tags;
  labels: Iterable<string>;
}

/** What is hashed of a dataset's metadata. */
export interface HashedDataset {
  /** The name in force: that of the directory when none was given. */
  name: string;
  tags: Tags;
  labels: Iterable<string>;
}

/** The hash of a manifest's metadata, which is none. */
export const manifestMetadataHash = 'dk29dg==';

/** The text whose hash is that of the metadata: its attributes, sorted by name. */
export function metadataPreimage(metadata: HashedDatafile | HashedDataset, options?: ReprOptions): string {
  const { tags } = metadata;
  const labels = new LabelSet(metadata.labels);
  // A datafile of the class has a name as well, which is not hashed; a dataset has no timestamp.
  const own: [string, PyValue][] =
    'timestamp' in metadata
      ? [
          ['labels', labels],
          ['tags', tags],
          ['timestamp', metadata.timestamp],
        ]
      : [
          ['labels', labels],
          ['name', metadata.name],
          ['tags', tags],
        ];
  return pythonRepr(
    own.map((pair) => new PyTuple(...pair)),
    options,
  );
}

/**
 * The hash of the metadata of a datafile or dataset.
 *
 * @throws CloudError `InvalidArgument`: a value has no place in metadata
 * @example metadataHash({ timestamp: null, tags: {}, labels: [] }) // 'mShxrQ=='
 */
export const metadataHash = (metadata: HashedDatafile | HashedDataset): string => hashText(metadataPreimage(metadata));

/**
 * Every hash that Python may give to the same metadata: each order of its sets, each way to write a zone. Lazy: labels alone have
 * n! orders.
 */
export function* possibleMetadataHashes(metadata: HashedDatafile | HashedDataset): Generator<string, void, undefined> {
  // Refuses what has no hash before anything else looks at it.
  metadataPreimage(metadata, { orderItems: (items) => items });
  const styles: ZoneStyle[] = hasZone(metadata) ? ['timezone', 'tzutc', 'tzlocal'] : ['timezone'];
  const seen = new Set<string>();
  for (const zones of styles) {
    for (const text of textsOf(metadata, zones)) {
      const hash = hashText(text);
      if (seen.has(hash)) continue;
      seen.add(hash);
      yield hash;
    }
  }
}

/**
 * Whether a hash that Python gave is one of this metadata: in whatever order its process has sets, with whatever way to write zones.
 *
 * @param options.maxTexts how many texts to try. @default 400000, which takes about a second: ten labels and more are too many
 * @throws CloudError `NotSupported`: there are more, and none so far had that hash
 */
export function isMetadataHash(hash: string, metadata: HashedDatafile | HashedDataset, options: { maxTexts?: number } = {}): boolean {
  const { maxTexts = 400_000 } = options;
  let tried = 0;
  for (const possible of possibleMetadataHashes(metadata)) {
    if (possible === hash) return true;
    if (++tried >= maxTexts) throw new CloudError(`None of ${maxTexts} orders of the sets has that hash`, { code: 'NotSupported' });
  }
  return false;
}

function* textsOf(metadata: HashedDatafile | HashedDataset, zones: ZoneStyle): Generator<string, void, undefined> {
  const sizes: number[] = [];
  // One text to learn how many items each set has, in the order in which sets are written.
  metadataPreimage(metadata, { zones, orderItems: (items) => (sizes.push(distinct(items).length), items) });
  for (const orders of product(sizes)) {
    let at = 0;
    yield metadataPreimage(metadata, {
      zones,
      orderItems: (items) => {
        const order = orders[at++] ?? [];
        const those = distinct(items);
        return order.map((i) => those[i]!);
      },
    });
  }
}

/** Sorted where that is possible, so that the first order to be tried is the most likely one. */
function distinct(items: readonly PyValue[]): readonly PyValue[] {
  try {
    return sortedItems(items);
  } catch {
    return items;
  }
}

/** One order for each of several sets, in all combinations. */
function* product(sizes: readonly number[]): Generator<number[][], void, undefined> {
  const [first, ...rest] = sizes;
  if (first === undefined) {
    yield [];
    return;
  }
  for (const order of permutations(first)) for (const others of product(rest)) yield [order, ...others];
}

function* permutations(n: number): Generator<number[], void, undefined> {
  if (n === 0) {
    yield [];
    return;
  }
  const go = function* (left: number[]): Generator<number[], void, undefined> {
    if (left.length === 1) yield left;
    for (const item of left.length > 1 ? left : []) for (const rest of go(left.filter((other) => other !== item))) yield [item, ...rest];
  };
  yield* go(Array.from({ length: n }, (_, i) => i));
}

function hasZone(metadata: HashedDatafile | HashedDataset): boolean {
  const within = (value: PyValue): boolean => {
    const seen = see(value);
    if (seen.kind === 'datetime') return seen.value.offsetSeconds !== null;
    if (seen.kind === 'list' || seen.kind === 'tuple' || seen.kind === 'set') return seen.value.some(within);
    return seen.kind === 'dict' && seen.value.some(([, item]) => within(item));
  };
  return within(metadata.tags) || ('timestamp' in metadata && metadata.timestamp !== null && within(metadata.timestamp));
}
