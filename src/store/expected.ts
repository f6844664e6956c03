/**
 * Whether an object is still what a caller takes it to be.
 *
 * @module
 */
import { CloudError } from '../errors.ts';
import type { GetOptions, ObjectInfo } from '../types.ts';

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);
const identities = ['etag', 'generation', 'metageneration', 'versionId'] as const;

/** `PreconditionFailed` for an object that was to be another. */
export const otherThanExpected = (key: string, cause?: unknown): CloudError =>
  new CloudError(`${key} is not what it was expected to be`, { code: 'PreconditionFailed', operation: 'setMetadata', key, cause });

/**
 * Refuse what can be compared with nothing.
 *
 * @throws CloudError `InvalidArgument`
 */
export function checkComparable(key: string, { etag, generation, lastModified }: ObjectInfo): void {
  if (etag === undefined && generation === undefined && lastModified === undefined)
    throw new CloudError('expected has neither an ETag nor a generation nor a time', {
      code: 'InvalidArgument',
      operation: 'setMetadata',
      key,
    });
}

/**
 * What pins a read to what the caller takes the object to be, unless it has a condition of its own: the generation, or an ETag that promises
 * equal bytes.
 */
export function pinned(options: GetOptions): GetOptions {
  const { expected, ifMatch, version } = options;
  const strong = expected?.etag && !expected.etag.startsWith('W/') ? expected.etag : undefined;
  const pin = expected?.generation ?? strong;
  return pin === undefined || ifMatch !== undefined || version !== undefined ? options : { ...options, ifMatch: pin };
}

/**
 * Hold what is there to what was expected, as far as both tell.
 *
 * @param timed compare the times of the last change too, in seconds, which is all that headers tell
 * @throws CloudError `PreconditionFailed`
 */
export function checkExpected(expected: ObjectInfo, now: ObjectInfo, timed: boolean): void {
  const differs = identities.some((name) => expected[name] !== undefined && now[name] !== undefined && expected[name] !== now[name]);
  const { lastModified: before, metadata } = expected;
  const moved = timed && before && now.lastModified && seconds(before) !== seconds(now.lastModified);
  if (differs || moved) throw otherThanExpected(now.key);
  // what numbers its metadata needs no look at it; listings tell no type, and none where they tell no type
  if (expected.metageneration && now.metageneration) return;
  const names = Object.keys(metadata);
  if (names.length === 0 && expected.contentType === undefined) return;
  if (names.length !== Object.keys(now.metadata).length || names.some((name) => metadata[name] !== now.metadata[name]))
    throw otherThanExpected(now.key);
}
