/**
 * Reads of ranges through the cache.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { GetOptions, GetResult } from '../../types.ts';
import { asyncDispose } from '../../util/dispose.ts';
import type { ByteSpan } from '../blocks/block-cache.ts';
import { AT_ONCE_BYTES, notCached, validatorFor, type Cached } from './cached.ts';
import { keepBytes } from './keeping.ts';
import type { Reading } from './ledger.ts';
import { pinned } from './pinned.ts';
import { blocksObject, type Pointer } from './pointer.ts';
import { resultOf, resultOfBytes } from './results.ts';
import { dismiss, revalidate } from './revalidate.ts';
import { infoOf } from './versions.ts';

/** A checked range that is not empty; without an end it goes to that of the object. */
export interface AskedRange {
  start: number;
  end: number | undefined;
}

/** The object is another than was known: it must be read as if nothing were. */
export const ANEW: unique symbol = Symbol('the object is another');

/** The error for a range of which there is nothing. */
export const pastEnd = (key: string): CloudError =>
  new CloudError('the range begins past the end', { code: 'RangeNotSatisfiable', status: 416, operation: 'get', key });

const roundDown = (at: number, blockBytes: number): number => Math.floor(at / blockBytes) * blockBytes;
const roundUp = (at: number, blockBytes: number): number => Math.ceil(at / blockBytes) * blockBytes;

/** The blocks that a range touches, as a range. */
const aligned = ({ start, end }: AskedRange, blockBytes: number): AskedRange => ({
  start: roundDown(start, blockBytes),
  end: end === undefined ? undefined : roundUp(end, blockBytes),
});

/** What is asked for when nothing is known: whole blocks, so that they can be kept; of long ranges the first. */
export function firstRange(range: AskedRange, blockBytes: number): ByteSpan {
  const { start, end } = aligned(range, blockBytes);
  return { start, end: end === undefined || end - start > AT_ONCE_BYTES ? start + blockBytes : end };
}

/** Read a range of an object of which nothing is known. `null` when there is none. */
export async function fetchRange(cached: Cached, reading: Reading, range: AskedRange, options: GetOptions): Promise<GetResult | null> {
  const { cache: _, ...asked } = options;
  const { blockBytes } = cached.cache.policy;
  const first = firstRange(range, blockBytes);
  const result = await cached.store.get(reading.key, { ...asked, range: first });
  if (!result) {
    if (options.version === undefined) await cached.ledger.drop(reading);
    return null;
  }
  return adoptRange(cached, reading, range, result, options);
}

/** The range that a caller wants, of what was opened for it; its blocks are kept. */
export async function adoptRange(
  cached: Cached,
  reading: Reading,
  range: AskedRange,
  result: GetResult,
  options: GetOptions,
): Promise<GetResult> {
  const { cache, ledger } = cached;
  const { blockBytes } = cache.policy;
  const { totalBytes: sizeBytes } = result;
  const { start } = range;
  if (start >= sizeBytes && start > 0) {
    await result[asyncDispose]();
    throw pastEnd(reading.shown);
  }
  const wanted = { start, end: Math.min(range.end ?? sizeBytes, sizeBytes) };
  const first = result.range;
  const bytes = await result.bytes();
  const info = infoOf(result);
  info.sizeBytes = sizeBytes;
  cache.counts.misses++;
  cache.counts.bytesFetched += bytes.length;
  const validator = validatorFor(cached, reading, info);
  const keeps = reading.keep && validator !== undefined && !result.decoded;
  const salt = options.cache === 'reload' ? String(reading.at) + Math.random() : '';
  const object = blocksObject(reading.subject, { validator: validator ?? '', sizeBytes, blockBytes, salt });
  const pointer: Omit<Pointer, 'before' | 'checkedAt'> = {
    info,
    validator: validator ?? '',
    blockBytes,
    object,
    whole: false,
    verified: false,
  };
  if (keeps && (await reading.still())) {
    await keepBytes(reading, { object, blockBytes, sizeBytes }, first.start, bytes);
    await ledger.publish(reading, pointer);
  }
  if (first.end >= wanted.end) {
    const exact = first.start === wanted.start && first.end === wanted.end;
    return resultOfBytes(info, wanted, exact ? bytes : bytes.slice(start - first.start, wanted.end - first.start), result.verified);
  }
  const reader = keeps ? reading : { ...reading, keep: false };
  return stream(cached, reader, { ...pointer, checkedAt: reading.at, before: [] }, wanted, options);
}

/** A long range, whose blocks are read as it is. */
function stream(cached: Cached, reading: Reading, pointer: Pointer, range: ByteSpan, options: GetOptions): GetResult {
  const { object, blockBytes, info } = pointer;
  const blocks = { namespace: reading.subject.namespace, object, sizeBytes: info.sizeBytes, blockBytes };
  const pin = pinned(cached, reading, pointer, options);
  const source = reading.shelf.blocks.source(blocks, range, pin.fetch, { signal: options.signal, keep: reading.keep });
  return resultOf(info, range, source, () => false);
}

/**
 * Read a range of what is known. Blocks that are missing are fetched, pinned to the version, which tells that it is still there; when
 * all are kept and it must be asked for, that is one request.
 *
 * @returns {@link ANEW} when the object is another now and nothing came along
 */
export async function hitRange(
  cached: Cached,
  reading: Reading,
  known: Pointer,
  range: AskedRange,
  options: GetOptions & { fresh: boolean },
): Promise<GetResult | null | typeof ANEW> {
  const { counts, policy } = cached.cache;
  const { fresh, signal } = options;
  const { object, blockBytes, info } = known;
  const { sizeBytes } = info;
  if (range.start >= sizeBytes) {
    // it may have grown meanwhile
    if (fresh) throw pastEnd(reading.shown);
    return ANEW;
  }
  const wanted = { start: range.start, end: Math.min(range.end ?? sizeBytes, sizeBytes) };
  const long = wanted.end - wanted.start > AT_ONCE_BYTES;
  const blocks = { namespace: reading.subject.namespace, object, sizeBytes, blockBytes };
  const pin = pinned(cached, reading, known, options);
  // of a long range the first block is read at once, and the rest as it is wanted
  const head = long ? { start: wanted.start, end: Math.min(roundUp(wanted.start + 1, blockBytes), wanted.end) } : wanted;
  if (long && policy.freshness === 'offline' && !(await reading.shelf.blocks.has(blocks, wanted, { signal })))
    throw notCached(reading.shown, 'get');
  const [bytes] = await reading.shelf.blocks.read(blocks, [head], pin.fetch, { signal, keep: reading.keep, onFresh: pin.onFresh });
  let pointer = pin.pointer;
  if (!fresh && pin.fetchedBytes === 0) {
    const verdict = await revalidate(cached, reading, pointer, { ...options, range: firstRange(range, policy.blockBytes) });
    if (verdict.is === 'gone') {
      await cached.ledger.drop(reading);
      return null;
    }
    if (verdict.is === 'other') {
      if (!verdict.result) return ANEW;
      if (options.ifMatch === undefined) return adoptRange(cached, reading, range, verdict.result, options);
      await dismiss(verdict);
      return ANEW;
    }
    pointer = verdict.pointer;
  }
  const touched = Math.min(roundUp(head.end, blockBytes), sizeBytes) - roundDown(head.start, blockBytes);
  const saved = Math.max(0, Math.min(touched - pin.fetchedBytes, head.end - head.start));
  counts[saved > 0 ? 'hits' : 'misses']++;
  counts.bytesSaved += saved;
  if (long) return stream(cached, reading, pointer, wanted, options);
  const all = wanted.start === 0 && wanted.end === sizeBytes;
  return resultOfBytes(pointer.info, wanted, bytes!, all && (await pin.verified()));
}
