/**
 * Reads of whole objects through the cache.
 *
 * @module
 */
import type { GetOptions, GetResult } from '../../types.ts';
import { randomName } from '../../util/random-name.ts';
import { AT_ONCE_BYTES, notCached, validatorFor, WHOLE_BLOCK_BYTES, type Cached } from './cached.ts';
import type { Reading } from './ledger.ts';
import { pinned } from './pinned.ts';
import { blocksObject, type Pointer } from './pointer.ts';
import { keepingResult, resultOf, resultOfBytes } from './results.ts';
import { infoOf } from './versions.ts';

/** How much a whole object may take of what all values may: a larger one would drive out everything else. */
const LARGEST_SHARE = 0.5;

/** Fetch all of an object; it is kept as it is read. `null` when there is none. */
export async function fetchWhole(cached: Cached, reading: Reading, options: GetOptions): Promise<GetResult | null> {
  const { cache: _, ...asked } = options;
  const result = await cached.store.get(reading.key, asked);
  if (!result) {
    if (options.version === undefined) await cached.ledger.drop(reading);
    return null;
  }
  return keepWhole(cached, reading, result, options);
}

/** What was opened, kept as it is read if it can be. */
export async function keepWhole(cached: Cached, reading: Reading, result: GetResult, options: GetOptions): Promise<GetResult> {
  const { cache, ledger } = cached;
  const { totalBytes: sizeBytes } = result;
  const validator = validatorFor(cached, reading, result);
  const { policy, counts } = cache;
  counts.misses++;
  counts.bytesFetched += sizeBytes;
  const most = reading.shelf.container.capabilities.budgetBytes * LARGEST_SHARE;
  // what nobody may check is not kept for those who do
  const keeps = reading.keep && reading.shelf.alive() && options.verify !== false && !result.decoded && sizeBytes <= most;
  if (!keeps || validator === undefined || !(await reading.still())) return result;
  const blockBytes = Math.max(policy.blockBytes, WHOLE_BLOCK_BYTES);
  // a name that nothing else has: bytes that turn out to be wrong are never found
  const object = blocksObject(reading.subject, { validator, sizeBytes, blockBytes, salt: randomName() });
  const info = infoOf(result);
  return keepingResult(
    reading,
    result,
    { object, blockBytes, sizeBytes },
    {
      async done() {
        const { verified } = result;
        if (!(await ledger.publish(reading, { info, validator, blockBytes, object, whole: true, verified })))
          await ledger.discard(reading, object);
      },
      failed: () => ledger.discard(reading, object),
    },
  );
}

/** Hand out all of what is kept. Blocks that were evicted are fetched, pinned to the version. */
export async function hitWhole(cached: Cached, reading: Reading, pointer: Pointer, options: GetOptions): Promise<GetResult> {
  const { counts } = cached.cache;
  const { info, object, blockBytes } = pointer;
  const { sizeBytes } = info;
  const range = { start: 0, end: sizeBytes };
  const blocks = { namespace: reading.subject.namespace, object, sizeBytes, blockBytes };
  const pin = pinned(cached, reading, pointer, options);
  const { signal } = options;
  const { keep } = reading;
  const { onFresh } = pin;
  if (sizeBytes <= AT_ONCE_BYTES) {
    const [bytes] = await reading.shelf.blocks.read(blocks, [range], pin.fetch, { signal, keep, onFresh });
    counts[pin.fetchedBytes > 0 && pin.fetchedBytes >= sizeBytes ? 'misses' : 'hits']++;
    counts.bytesSaved += Math.max(0, sizeBytes - pin.fetchedBytes);
    return resultOfBytes(pin.pointer.info, range, bytes!, await pin.verified());
  }
  if (cached.cache.policy.freshness === 'offline' && !(await reading.shelf.blocks.has(blocks, range, { signal })))
    throw notCached(reading.shown, 'get');
  counts.hits++;
  const source = reading.shelf.blocks.source(blocks, range, pin.fetch, { signal, keep, onFresh });
  let read = 0;
  let verified = false;
  const told = {
    async read(): Promise<Uint8Array | undefined> {
      const piece = await source.read();
      read += piece?.length ?? 0;
      if (!piece) {
        counts.bytesSaved += Math.max(0, read - pin.fetchedBytes);
        verified = await pin.verified();
      }
      return piece;
    },
    cancel: (reason?: unknown) => source.cancel(reason),
  };
  return resultOf(info, range, told, () => verified);
}
