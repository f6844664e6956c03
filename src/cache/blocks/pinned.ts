/**
 * One version of an object: what it is known by, how reads are held to it, and whether an answer is of it.
 *
 * @module
 */
import { CloudError } from '../../errors.ts';
import type { GetOptions, ObjectInfo } from '../../types.ts';
import { validatorOf } from '../identity.ts';
import { sameBytes } from '../object/versions.ts';

/** A version that a reader reads. */
export interface Version {
  readonly info: ObjectInfo;
  /**
   * What tells it from all others, of `validatorOf`. Undefined when nothing does for certain: then it is held to what was shown, the time of
   * its last change and its size at least.
   */
  readonly validator: string | undefined;
  /** What is sent with each read of it; nothing when the answers alone tell. */
  readonly condition: Pick<GetOptions, 'ifMatch' | 'version'>;
  /** Its ETag was seen to change while nothing else did: it is not looked at. */
  readonly unstable: boolean;
}

/**
 * A generation of GCS is asked for by name, which pages can do too. Of S3 the ETag is sent: to read versions by name takes a permission of its
 * own.
 */
function conditionOf(info: ObjectInfo, url: string): Version['condition'] {
  if (url.startsWith('gs:') && info.generation) return { version: info.generation };
  return info.etag && validatorOf({ etag: info.etag }) ? { ifMatch: info.etag } : {};
}

/** The version that an answer is of. */
export const versionOf = (info: ObjectInfo, storeUrl: string): Version => ({
  info,
  validator: validatorOf(info),
  condition: conditionOf(info, storeUrl),
  unstable: false,
});

/** The same object when its ETags are known to change by themselves. */
export const unstableVersionOf = (info: ObjectInfo): Version => ({ info, validator: undefined, condition: {}, unstable: true });

/** Headers tell whole seconds. */
const secondOf = ({ lastModified }: ObjectInfo): number | undefined => lastModified && Math.floor(lastModified.getTime() / 1000);

/** Whether both were changed last at the same time, as far as it is told, and have the same size. */
const sameTimeAndSize = (a: ObjectInfo, b: ObjectInfo): boolean =>
  a.sizeBytes === b.sizeBytes && (secondOf(a) ?? secondOf(b)) === (secondOf(b) ?? secondOf(a));

/** Whether an answer is of this version. One that shows nothing is, when it was to be refused otherwise. */
export function isOf({ validator, condition, unstable, info }: Version, answer: ObjectInfo): boolean {
  if (validator === undefined) return sameTimeAndSize(info, answer) && (unstable || answer.etag === info.etag);
  return answer.sizeBytes === info.sizeBytes && (sameBytes(info, answer) ?? Object.keys(condition).length > 0);
}

/** Whether it could be the same version under another ETag: nothing but an ETag tells them apart, and a time is known. */
export const mayBeSame = ({ validator, info }: Version, answer: ObjectInfo): boolean =>
  Boolean(validator?.startsWith('e:')) &&
  info.lastModified !== undefined &&
  answer.lastModified !== undefined &&
  sameTimeAndSize(info, answer);

/** What readers reject with that find another version. */
export const objectChanged = (key: string, cause?: unknown): CloudError =>
  new CloudError(`${key} became another version while it was read`, { code: 'ObjectChanged', operation: 'read', key, cause });

/** What a user is told of a version that nothing tells from others for certain. */
export function weakWarning({ unstable, info }: Version): CloudError {
  const held = `reads are held to ${info.lastModified ? 'the time of its last change and its size' : 'its size'}, and nothing is kept beyond this reader`;
  const why = unstable
    ? 'the ETag changes though the object does not (a proxy or an extension of the browser?)'
    : info.etag
      ? 'its ETag is a weak one'
      : 'no ETag is to be seen (to a page the server must expose it)';
  return new CloudError(`the versions of ${info.key} cannot be told apart for certain: ${why}; ${held}`, {
    code: 'NotSupported',
    operation: 'read',
    key: info.key,
  });
}
