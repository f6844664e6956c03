/**
 * Which version of an object a copy is of.
 *
 * @module
 */
import type { ObjectInfo } from '../../types.ts';

/** A version of an object, and the content that its copy had. */
export interface CopyVersion {
  readonly etag?: string | undefined;
  readonly generation?: string | undefined;
  readonly versionId?: string | undefined;
  /** In ms since 1970: only where nothing else tells versions apart. */
  readonly lastModifiedMs?: number | undefined;
  /** Of the object as it is stored; absent where the store does not tell. */
  readonly objectBytes?: number | undefined;
  /** Of the copy's content. */
  readonly sizeBytes: number;
  /** Of the content, base64; absent when nobody here has seen it. */
  readonly crc32c?: string | undefined;
}

type Told = Pick<ObjectInfo, 'etag' | 'generation' | 'versionId' | 'lastModified' | 'sizeBytes'>;

/** The version that a store told. @param content of the copy, where it is known */
export function versionOf(info: Told, content?: { sizeBytes: number; crc32c: string }): CopyVersion {
  const { etag, generation, versionId, lastModified, sizeBytes } = info;
  return {
    etag,
    generation,
    versionId,
    lastModifiedMs: lastModified?.getTime(),
    objectBytes: Number.isFinite(sizeBytes) ? sizeBytes : undefined,
    sizeBytes: content?.sizeBytes ?? sizeBytes,
    crc32c: content?.crc32c,
  };
}

const isWeak = (etag: string): boolean => /^W\//i.test(etag);
const bare = (etag: string): string => etag.replace(/^W\//i, '').replace(/^"(.*)"$/s, '$1');

/** Whether a version is the one that a store tells now; false when nothing says so. Times count only where there is nothing better. */
export function isVersion(known: CopyVersion, now: Told): boolean {
  if (known.generation && now.generation) return known.generation === now.generation;
  if (known.etag && now.etag && !isWeak(known.etag) && !isWeak(now.etag)) return bare(known.etag) === bare(now.etag);
  const named = (id: string | undefined): boolean => id !== undefined && id !== 'null';
  if (named(known.versionId) && named(now.versionId)) return known.versionId === now.versionId;
  if (known.etag && now.etag && bare(known.etag) !== bare(now.etag)) return false;
  const sameTime = known.lastModifiedMs !== undefined && known.lastModifiedMs === now.lastModified?.getTime();
  const sameSize = known.objectBytes === undefined || !Number.isFinite(now.sizeBytes) || known.objectBytes === now.sizeBytes;
  return sameTime && sameSize;
}

/** What a store can be told to replace: a generation or a strong ETag; undefined when there is neither. */
export function conditionOf({ generation, etag }: Pick<ObjectInfo, 'generation' | 'etag'>): string | undefined {
  if (generation) return generation;
  return etag && !isWeak(etag) ? etag : undefined;
}
