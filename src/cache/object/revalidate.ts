/**
 * Asking a service whether an object is as it is known, by one request.
 *
 * @module
 */
import { isCloudError } from '../../errors.ts';
import type { GetOptions, GetResult, ObjectInfo } from '../../types.ts';
import { asyncDispose } from '../../util/dispose.ts';
import { refreshed, type Cached } from './cached.ts';
import type { Reading } from './ledger.ts';
import type { Pointer } from './pointer.ts';
import { confirms, havingOf, infoOf, sameBytes, sameFacts, sameInfo } from './versions.ts';

/** How it turned out. */
export type Verdict =
  /** It is as it was, and this is what is known of it now. */
  | { is: 'same'; pointer: Pointer }
  /** It is another: what was asked for, opened, if it came along. */
  | { is: 'other'; result?: GetResult }
  /** There is none any more. */
  | { is: 'gone' };

/** Notes that an object is as it was. */
export async function confirm(cached: Cached, reading: Reading, pointer: Pointer, now?: ObjectInfo): Promise<Pointer> {
  const next = now && !sameInfo(pointer.info, refreshed(pointer, now).info) ? refreshed(pointer, now) : pointer;
  const ages = typeof cached.cache.policy.freshness === 'object';
  if (next !== pointer || ages) await cached.ledger.publish(reading, next);
  return next;
}

/** By its first byte: the answer shows everything that a read shows. */
async function askForByte(cached: Cached, reading: Reading, pointer: Pointer, options: GetOptions): Promise<Verdict> {
  const { signal, storedBytes, version } = options;
  try {
    const result = await cached.store.get(reading.key, { range: { start: 0, end: 1 }, storedBytes, version, signal });
    if (!result) return { is: 'gone' };
    await result.bytes();
    const now = { ...infoOf(result), sizeBytes: result.totalBytes };
    if (!confirms(pointer, now)) return { is: 'other' };
    cached.cache.counts.revalidated++;
    return { is: 'same', pointer: await confirm(cached, reading, pointer, now) };
  } catch (error) {
    // it is empty now, or encoded so that it has no bytes to ask for: the read itself will tell
    if (isCloudError(error, 'RangeNotSatisfiable') || isCloudError(error, 'NotSupported')) return { is: 'other' };
    throw error;
  }
}

/** By a condition: what is new comes along. */
async function askByCondition(cached: Cached, reading: Reading, pointer: Pointer, options: GetOptions): Promise<Verdict> {
  const { expected: _, cache: __, metadata: ___, ...asked } = options;
  try {
    const result = await cached.store.get(reading.key, { ...asked, ifMatch: undefined, ifNoneMatch: havingOf(pointer.info) });
    return result ? { is: 'other', result } : { is: 'gone' };
  } catch (error) {
    if (!isCloudError(error, 'NotModified')) throw error;
    const { info } = error;
    const telling = info?.metadata ?? info?.metageneration ?? info?.lastModified;
    const enough = telling !== undefined || !cached.metadata || options.metadata === 'kept';
    if (enough) cached.cache.counts.revalidated++;
    if (info?.metadata && sameBytes(pointer.info, info) !== false)
      return { is: 'same', pointer: await confirm(cached, reading, pointer, { ...pointer.info, ...info }) };
    if (enough) {
      if (!info || sameFacts(pointer.info, info)) return { is: 'same', pointer: await confirm(cached, reading, pointer) };
      return askAgain(cached, reading, pointer, options);
    }
    // A 304 that shows neither time nor metageneration hides changes of metadata alone: from now on it is the first byte that is asked for.
    cached.learnt.mute = true;
    return askForByte(cached, reading, pointer, options);
  }
}

/** Its metadata are others: what they are now, and whether the bytes still are those. */
async function askAgain(cached: Cached, reading: Reading, pointer: Pointer, { version, signal }: GetOptions): Promise<Verdict> {
  const now = await cached.store.head(reading.key, { version, signal });
  if (!now) return { is: 'gone' };
  if (!confirms(pointer, now)) return { is: 'other' };
  return { is: 'same', pointer: await confirm(cached, reading, pointer, now) };
}

/**
 * Ask whether an object is as it is known. Where conditions can be sent and their answers tell enough, by a conditional read of what is
 * wanted; else by its first byte.
 *
 * @param options of the read; its range is what comes along when the object is another
 */
export function revalidate(cached: Cached, reading: Reading, pointer: Pointer, options: GetOptions): Promise<Verdict> {
  const exact = options.metadata !== 'kept';
  const byByte = (cached.page || (cached.learnt.mute && exact)) && pointer.info.sizeBytes > 0;
  return byByte ? askForByte(cached, reading, pointer, options) : askByCondition(cached, reading, pointer, options);
}

/** Let go of what came along. */
export const dismiss = async (verdict: Verdict): Promise<void> => {
  if (verdict.is === 'other') await verdict.result?.[asyncDispose]();
};
