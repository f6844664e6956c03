/**
 * What the checks of containers are given to work on, and the values that they put.
 *
 * @module
 */
import type { CacheContainer, CacheEntry, CacheKey } from '../../src/cache/container/container.ts';
import { sha256Hex } from '../../src/util/sha256.ts';
import { noise } from './noise.ts';

/**
 * How a stored value is damaged: one bit of its bytes, one bit of what is stored beside them, its last byte cut off, or the stored form of
 * another value of the same length in its place.
 */
export type Damage = 'flip' | 'flipMeta' | 'truncate' | 'move';

/** A fault that is on. */
export interface Fault {
  /** How often it has been met. */
  met(): number;
  lift(): void;
}

/** Makes storage fail from below, as the platform would. */
export interface Faults {
  /** Names of errors; `null` rejects with `null`, `never` does not settle. What the platform cannot do to a container is left out. */
  readonly get: readonly string[];
  readonly put: readonly string[];
  /** Those of `put` that mean that there is no room: after them values may go, and writing may rest. */
  readonly quota: readonly string[];
  /** Every call of storage that getting or putting needs fails like this until it is lifted. */
  fail(when: 'get' | 'put', name: string): Fault;
}

/** One place, empty, and one container on it. */
export interface CacheRig {
  readonly container: CacheContainer;
  /** Another client of the same place, as another process or tab would be; absent where nothing is shared. */
  open2?(): Promise<CacheContainer>;
  /** Damages a stored value behind the container's back; absent where nobody can. `other` is of the same length, and stored. */
  corrupt?(key: CacheKey, how: Damage, other: CacheKey): Promise<void>;
  /** The ways in which `corrupt` can. @default all */
  readonly damages?: readonly Damage[];
  /** Has all that was used until now count as used an hour ago; absent where the order of calls is kept exactly. */
  age?(): Promise<void>;
  /** Leaves what clients leave that die. @returns how many leftovers `scrub` is to find */
  litter?(): Promise<number>;
  readonly faults?: Faults;
  /** Closes everything and removes the place. */
  close(): Promise<void>;
}

/** What a rig is made with. */
export interface RigOptions {
  budgetBytes: number;
}

/** Makes a rig; called for each check. May skip. */
export type MakeRig = (options: RigOptions) => Promise<CacheRig>;

/** Names of two namespaces. */
export const namespaces: readonly [string, string] = ['00112233445566ff', 'aabbccddeeff0011'];

/** One that is another bucket's of the identity of the first one: its first 8 digits are the same. */
export const sibling = '0011223399999999';

/** A key, as different as its arguments. */
export const keyOf = (
  object: string | number,
  sizeBytes = 1000,
  part: CacheKey['part'] = 0,
  namespace: string = namespaces[0],
): CacheKey => ({
  namespace,
  object: sha256Hex(`object ${object}`).slice(0, 40),
  part,
  sizeBytes,
});

const seedOf = ({ namespace, object, part, sizeBytes }: CacheKey): number =>
  parseInt(sha256Hex(`${namespace} ${object} ${part} ${sizeBytes}`).slice(0, 7), 16) + 1;

/** The bytes that are right for a key: they do not compress, and no two keys have the same. */
export const bytesFor = (key: CacheKey): Uint8Array<ArrayBuffer> => noise(key.sizeBytes, seedOf(key));

/** The right value of a key. */
export const entryFor = (key: CacheKey, meta?: CacheEntry['meta']): CacheEntry => ({ ...key, bytes: bytesFor(key), ...(meta && { meta }) });

/** Whether these are the bytes; many times as fast as `sameBytes`, which says where they differ. */
export function isRight(got: Uint8Array, want: Uint8Array): boolean {
  if (got.length !== want.length) return false;
  for (let i = 0; i < got.length; i++) if (got[i] !== want[i]) return false;
  return true;
}

/** Whether it is so within some time: what was aborted or given up may be at work yet, here or in another client. */
export async function soon(is: () => boolean | Promise<boolean>, patienceMs = 1000): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= patienceMs; waitedMs += 20) {
    if (await is()) return true;
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
  return false;
}
