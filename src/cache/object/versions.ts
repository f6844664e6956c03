/**
 * Which version of an object a look saw, and whether two looks saw the same.
 *
 * @module
 */
import type { ObjectInfo } from '../../types.ts';
import { validatorOf } from '../identity.ts';

/** What a look may tell of a version. */
export type Seen = Partial<Pick<ObjectInfo, 'etag' | 'generation' | 'metageneration' | 'versionId' | 'lastModified' | 'metadata'>>;

/** Headers tell whole seconds, listings milliseconds. */
const seconds = (date: Date | undefined): number | undefined => (date ? Math.floor(date.getTime() / 1000) : undefined);

/** The ETag of a version that promises equal bytes; undefined when there is none. */
const strongOf = ({ etag }: Seen): string | undefined => validatorOf({ etag })?.slice(2);

const versionIdOf = ({ versionId }: Seen): string | undefined => (versionId && versionId !== 'null' ? versionId : undefined);

/**
 * Whether two looks saw the same bytes.
 *
 * @returns undefined when they have nothing in common that tells
 */
export function sameBytes(a: Seen, b: Seen): boolean | undefined {
  if (a.generation && b.generation) return a.generation === b.generation;
  const [one, other] = [versionIdOf(a), versionIdOf(b)];
  if (one && other) return one === other;
  const [mine, yours] = [strongOf(a), strongOf(b)];
  return mine && yours ? mine === yours : undefined;
}

/** Whether what a second look told of metadata and times agrees with a first one, as far as it told. */
export function sameFacts(known: Seen, now: Seen): boolean {
  if (now.metageneration && known.metageneration && now.metageneration !== known.metageneration) return false;
  if (now.lastModified && seconds(now.lastModified) !== seconds(known.lastModified)) return false;
  return sameBytes(known, now) !== false;
}

/** Whether a later look saw the version that a pointer is of. What shows nothing to compare confirms nothing. */
export function confirms(known: { readonly info: ObjectInfo; readonly validator: string }, now: ObjectInfo): boolean {
  if (known.info.sizeBytes !== now.sizeBytes) return false;
  return known.validator.startsWith('w:') ? weakValidator(now) === known.validator : sameBytes(known.info, now) === true;
}

/** Stands for a version where no validator does: when it was modified, and its size. */
export const weakValidator = ({ lastModified, sizeBytes }: Pick<ObjectInfo, 'lastModified' | 'sizeBytes'>): string | undefined =>
  lastModified && `w:${lastModified.getTime()}:${sizeBytes}`;

/** Whether an `ifMatch` of a read means this version. */
export const isMeant = (ifMatch: string, { etag, generation }: Seen): boolean => ifMatch === etag || ifMatch === generation;

/** What pins a read to a version: its generation or strong ETag. */
export const pinTo = (info: Seen): string | undefined => info.generation || (strongOf(info) ? info.etag : undefined);

/** What a conditional read says it has: the ETag, which all send; else the generation. */
export const havingOf = (info: Seen): string | undefined => (strongOf(info) ? info.etag : info.generation);

const fields = [
  'sizeBytes',
  'etag',
  'generation',
  'metageneration',
  'versionId',
  'md5',
  'crc32c',
  'lastModified',
  'contentType',
  'contentEncoding',
  'contentDisposition',
  'contentLanguage',
  'cacheControl',
  'storageClass',
  'parts',
] as const;

/** The info alone of what has more. */
export function infoOf(from: ObjectInfo): ObjectInfo {
  const info: Record<string, unknown> = { key: from.key, metadata: { ...from.metadata } };
  for (const name of fields) if (from[name] !== undefined) info[name] = from[name];
  return info as unknown as ObjectInfo;
}

/** Whether two infos tell the same of everything that a read tells; keys are as the store's folder is. */
export const sameInfo = (a: ObjectInfo, b: ObjectInfo): boolean => plain(a) === plain(b);

/** Checksums are told by whole reads and not by others: what the bytes have is no news about an object. */
function plain(info: ObjectInfo): string {
  const { key: _, md5: __, crc32c: ___, parts: ____, metadata, ...rest } = infoOf(info);
  return JSON.stringify([Object.entries(rest).sort(), Object.entries(metadata).sort()]);
}
