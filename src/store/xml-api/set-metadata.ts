/**
 * Other metadata for an object: a copy onto itself, which keeps its bytes and all else that goes with them. Loaded on use.
 *
 * @module
 */
import { isCloudError } from '../../errors.ts';
import type { ObjectInfo, PutResult, SetMetadataOptions } from '../../types.ts';
import { delay } from '../../util/abort.ts';
import { checkKey } from '../../url/key.ts';
import { checkComparable, checkExpected, otherThanExpected } from '../expected.ts';
import { copyAttempts, copyOnce, replacing, type Source } from './copy.ts';
import type { XmlDriver } from './driver.ts';
import { headFully } from './get.ts';

/** Between the clocks of a service's machines, in ms. */
const spreadMs = 100;
/** A clock that is further off is refused, and so corrected, before anything is signed by it; in ms. */
const wrongClockMs = 1_200_000;

/** Writers that waited for the same second go on at different times, up to so many ms apart. */
const scatterMs = 400;
/** Wait before the last look, in ms. */
const settleMs = { least: 150, most: 500 };

/** `ObjectStore.setMetadata`. */
export async function setMetadata(
  driver: XmlDriver,
  key: string,
  metadata: Record<string, string>,
  options: SetMetadataOptions,
): Promise<PutResult | null> {
  checkKey(key, { http: true });
  const { expected, signal } = options;
  if (expected) checkComparable(key, expected);
  if (expected && !driver.init.dialect.metageneration) return replaceTimed(driver, key, metadata, expected, options);
  for (let attempt = 1; ; attempt++) {
    const source = await headFully(driver, key, { signal });
    if (!source) return null;
    if (expected) checkExpected(expected, source.info, false);
    try {
      return await replace(driver, source, metadata, numbered(driver, source.info), options);
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
      if (expected) throw otherThanExpected(key, error);
      if (attempt >= copyAttempts) throw error;
    }
  }
}

/** Conditions that this very version is replaced: source and target are read at different times, so both are told. */
function numbered({ init: { dialect } }: XmlDriver, { etag, generation, metageneration }: ObjectInfo): Record<string, string> {
  const version = generation ?? etag;
  const { source, target } = dialect.metageneration ?? {};
  return {
    ...(version && dialect.copyIfMatch(version)),
    ...(version && dialect.copiesOnto && dialect.ifMatch(version)),
    ...(metageneration && source && target && { [source]: metageneration, [target]: metageneration }),
  };
}

async function replace(
  driver: XmlDriver,
  source: Source,
  metadata: Record<string, string>,
  conditions: Record<string, string>,
  { signal }: SetMetadataOptions,
): Promise<PutResult | null> {
  const { key, sizeBytes, md5, crc32c, storageClass } = source.info;
  const headers = { ...replacing(driver, source, metadata, storageClass), ...conditions };
  const result = await copyOnce(driver, key, key, headers, { operation: 'setMetadata', signal });
  return result && { ...result, sizeBytes, ...(md5 && { md5 }), ...(crc32c && { crc32c }) };
}

/**
 * S3: nothing numbers the metadata, and a copy of the same bytes has the same ETag; only the time of the last change, in whole seconds, tells
 * that somebody else wrote. So a HEAD that is sent in a later second than that of the last change must show what is expected: whatever
 * is written after it has a later time, and `if-unmodified-since` refuses the copy. `if-match` for the source must not stand beside
 * it: where it holds, AWS does not look at the time. Tried out: MinIO honours the condition alone. versitygw compares it with the time on
 * its disk, fractions and all, so it refuses whatever was not changed at a full second: there the condition names the next second, after a
 * wait that is longer by as much. And a change of metadata alone keeps the time there, so that of these only the HEAD tells.
 *
 * No service looks at the condition and writes in one step (on MinIO two copies at the same moment were both let through): so writers
 * that wait are scattered, and after the copy, once any that ran beside it is done, a last look tells whether another came on top.
 */
async function replaceTimed(
  driver: XmlDriver,
  key: string,
  metadata: Record<string, string>,
  expected: ObjectInfo,
  options: SetMetadataOptions,
): Promise<PutResult | null> {
  const { dialect } = driver.init;
  const { signal } = options;
  const { learnt } = driver;
  /** What the service's clock is ahead of ours at least, in ms; ours only grows. */
  let ahead = -Infinity;
  let missed = false;
  for (let finer = learnt.finerTimes ?? false; ;) {
    const sentAt = performance.now();
    const source = await headFully(driver, key, { signal });
    if (!source) return null;
    const { info, headers } = source;
    checkExpected(expected, info, true);
    const changedAt = Math.floor((info.lastModified ?? expected.lastModified ?? new Date(0)).getTime() / 1000) * 1000;
    const date = Date.parse(headers.get('date') ?? '');
    // a page may not be shown the time of the answer; it is not before that of the change, and a clock that signs well is not far off
    const atLeast = Math.max(changedAt, Number.isNaN(date) ? driver.serverTime(key) - wrongClockMs : date);
    ahead = Math.max(ahead, atLeast - performance.now());
    const due = changedAt + 1000 + (finer ? 1000 : 0) + spreadMs;
    if (sentAt + ahead < due) {
      await delay(Math.max(0, due - ahead - performance.now()) + 1 + Math.random() * scatterMs, signal);
      continue;
    }
    const conditions = {
      'x-amz-copy-source-if-unmodified-since': new Date(changedAt + (finer ? 1000 : 0)).toUTCString(),
      ...(info.etag && dialect.copiesOnto && dialect.ifMatch(info.etag)),
    };
    const copiedAt = performance.now();
    let result: PutResult | null;
    try {
      result = await replace(driver, source, metadata, conditions, options);
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
      if (finer) throw otherThanExpected(key, error);
      // refused though nothing changed, as the next look will show: its times are finer than those it tells
      finer = true;
      continue;
    }
    if (!result) {
      // MinIO says so, too, of what somebody else is just changing
      if (missed) return null;
      missed = true;
      continue;
    }
    learnt.finerTimes = finer;
    await delay(Math.min(settleMs.most, Math.max(settleMs.least, 2 * (performance.now() - copiedAt))), signal);
    if (!(await isStill(driver, key, metadata, result, options))) throw otherThanExpected(key);
    return result;
  }
}

/** Whether an object is what was just made of it, as far as is shown. */
async function isStill(
  driver: XmlDriver,
  key: string,
  metadata: Record<string, string>,
  { etag }: PutResult,
  { signal }: SetMetadataOptions,
): Promise<boolean> {
  const now = (await headFully(driver, key, { signal }))?.info;
  if (!now || (etag && now.etag && now.etag !== etag)) return false;
  const shown = Object.entries(now.metadata);
  if (driver.wire.page && shown.length === 0) return true;
  const own = new Map(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value.trim()]));
  for (const [name, value] of shown) {
    if ((own.get(name) ?? '') !== value.trim()) return false;
    own.delete(name);
  }
  return [...own.values()].every((value) => value === '');
}
