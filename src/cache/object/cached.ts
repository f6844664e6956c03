/**
 * What the reads of one store behind the cache share.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { Clock, GetOptions, ObjectInfo, ObjectStore } from '../../types.ts';
import type { ClientCache } from './client-cache.ts';
import type { Ledger, Reading } from './ledger.ts';
import { isWeak, type Pointer } from './pointer.ts';
import { havingOf, infoOf, isMeant, sameBytes, sameFacts, weakValidator } from './versions.ts';
import { validatorOf } from '../identity.ts';

/** One store, and the cache in front of it. */
export interface Cached {
  readonly store: ObjectStore;
  readonly cache: ClientCache;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Conditions cannot be sent: whether an object is as it was is asked by reading its first byte. */
  readonly page: boolean;
  /** What is learnt of the service. */
  readonly learnt: {
    /** Its "not modified" does not tell of metadata: where these are to be exact the first byte is read, too. */
    mute: boolean;
  };
  /** Whether objects have metadata that change alone, so that an answer that tells nothing of them is not enough. */
  readonly metadata: boolean;
}

/** What is read at once is held in memory: up to so much, in bytes. */
export const AT_ONCE_BYTES: number = 8 * 0x100000;
/** How long the blocks of what is read whole are, at least. */
export const WHOLE_BLOCK_BYTES = 0x100000;

/** The object became another version while it was read. `key` is one that may be shown, as in all of these. */
export const changed = (key: string, cause?: unknown): CloudError =>
  new CloudError(`${key} is another version`, { code: 'ObjectChanged', operation: 'get', key, cause });

/** Nothing may be fetched, and this is not kept. */
export const notCached = (key: string, operation: string): CloudError =>
  new CloudError(`${key} is not kept, and the cache is offline`, { code: 'NotCached', operation, key });

/** Whether an object without a certain validator may be kept: where nobody asks whether it is still the same, its time and size have to do. */
const takesWeak = ({ cache }: Cached): boolean => cache.policy.freshness !== 'revalidate';

/** What stands for the version that a read saw; undefined where it cannot be kept. */
export function validatorFor(cached: Cached, reading: Reading, info: ObjectInfo): string | undefined {
  const strong = cached.ledger.isUnsteady(reading.subject) ? undefined : validatorOf(info);
  return strong ?? (takesWeak(cached) ? weakValidator(info) : undefined);
}

/** What is known, if this client may use it. */
export async function findUsable(cached: Cached, reading: Reading, options: GetOptions): Promise<Pointer | undefined> {
  if (options.cache === 'reload') return undefined;
  const pointer = await cached.ledger.find(reading, options);
  if (!pointer || (isWeak(pointer) && !takesWeak(cached))) return undefined;
  return { ...pointer, info: { ...pointer.info, key: reading.key } };
}

/** What is to be done about what is known. `fresh`: used without a request. `ask`: used if the service still has it so. `other`: not used. */
export function judge(
  cached: Cached,
  pointer: Pointer,
  options: Pick<GetOptions, 'expected' | 'ifMatch' | 'ifNoneMatch'>,
): 'fresh' | 'ask' | 'other' {
  const { expected, ifMatch, ifNoneMatch } = options;
  const { freshness } = cached.cache.policy;
  const { info } = pointer;
  if (ifMatch !== undefined && !isMeant(ifMatch, info)) return 'other';
  const same = expected && sameBytes(expected, info);
  if (expected && same !== undefined) return same && sameFacts(info, expected) ? 'fresh' : 'other';
  // what cannot be compared may still show that it is another
  if (expected && (!sameFacts(info, expected) || (expected.sizeBytes ?? info.sizeBytes) !== info.sizeBytes)) return 'other';
  const age = cached.clock() - pointer.checkedAt;
  const fresh = typeof freshness === 'object' ? age >= 0 && age < freshness.ttlMs : freshness !== 'revalidate';
  if (fresh) return 'fresh';
  // a condition of the caller's own goes out as it is, and what does not tell versions apart cannot be asked for
  return ifNoneMatch !== undefined || isWeak(pointer) || havingOf(info) === undefined ? 'other' : 'ask';
}

/** Makes a pointer of what a later look told; what only whole reads tell stays. */
export const refreshed = (pointer: Pointer, now: ObjectInfo): Pointer => {
  const { md5, crc32c, parts } = pointer.info;
  const kept = { ...(md5 && { md5 }), ...(crc32c && { crc32c }), ...(parts !== undefined && { parts }) };
  const { key, sizeBytes } = pointer.info;
  return { ...pointer, info: { ...kept, ...infoOf(now), key, sizeBytes } };
};
