/**
 * Bringing an object into its copy's place: whole, verified, under a temporary name until it is.
 *
 * @module
 */
import { isCloudError } from '../../errors.ts';
import { createHasher, prepareHash } from '../../integrity/hasher.ts';
import type { DiskEdit, DiskStat } from '../../platform/types.ts';
import type { AbortOptions, GetResult, ObjectInfo } from '../../types.ts';
import { toBase64 } from '../../util/base64.ts';
import { asyncDispose } from '../../util/dispose.ts';
import { chunksOf } from '../../util/streams.ts';
import type { Place } from './place.ts';
import { beginEmpty, publish, type Publication } from './publish.ts';
import type { CopyIdentity } from './record.ts';
import type { CloudObject } from './types.ts';
import { versionOf, type CopyVersion } from './version.ts';

/** What was brought. */
export interface Fetched {
  readonly place: Place;
  readonly info: ObjectInfo;
  readonly version: CopyVersion;
  readonly stat: DiskStat;
}

/** How an object is brought. */
export interface FetchOptions extends AbortOptions {
  /** An answer that is there already. */
  readonly result?: GetResult | undefined;
  readonly checkedMs?: number | undefined;
}

/** Opens an object; `null` when there is none, nor a bucket. Bytes that a client keeps are used, and not kept twice. */
export async function getObject({ store, key }: CloudObject, { signal }: AbortOptions): Promise<GetResult | null> {
  return store.get(key, { cache: 'read-only', signal }).catch(nothingThere);
}

/** The same of what is known of it. */
export async function headObject({ store, key }: CloudObject, { signal }: AbortOptions): Promise<ObjectInfo | null> {
  return store.head(key, { signal }).catch(nothingThere);
}

function nothingThere(error: unknown): null {
  if (isCloudError(error, 'NotFound')) return null;
  throw error;
}

/** Brings the object. @returns `gone`: there is none; `taken`: somebody edited or replaced the copy meanwhile */
export async function fetchCopy(
  object: CloudObject,
  identity: CopyIdentity,
  found: Publication['found'],
  options: FetchOptions,
): Promise<Fetched | 'gone' | 'taken'> {
  let { result } = options;
  for (let again = true; ; again = false) {
    const got = result ?? (await getObject(object, options));
    result = undefined;
    if (!got) return 'gone';
    try {
      return await keep(got, identity, found, options);
    } catch (error) {
      // A mismatch is read once more: servers are known that send one version with the headers of another.
      if (!again || !(isCloudError(error, 'IntegrityError') || isCloudError(error, 'ObjectChanged'))) throw error;
    } finally {
      await got[asyncDispose]();
    }
  }
}

async function keep(
  result: GetResult,
  identity: CopyIdentity,
  wanted: Publication['found'],
  { signal, checkedMs }: FetchOptions,
): Promise<Fetched | 'taken'> {
  const { edit, found } = await beginEmpty(wanted, identity, { signal });
  try {
    const version = versionOf(result, await fill(edit, result));
    const stat = await publish({ edit, identity, found, version, checkedMs });
    return stat ? { place: found.place, info: infoOf(result), version, stat } : 'taken';
  } finally {
    await edit.discard();
  }
}

async function fill(edit: DiskEdit, result: GetResult): Promise<{ sizeBytes: number; crc32c: string }> {
  await prepareHash('crc32c');
  const hasher = createHasher('crc32c');
  let sizeBytes = 0;
  for await (const chunk of chunksOf(result.stream())) {
    hasher.update(chunk);
    await edit.write(sizeBytes, chunk);
    sizeBytes += chunk.length;
  }
  return { sizeBytes, crc32c: toBase64(hasher.digest()) };
}

/** Bytes that the platform decoded are not what the object's encoding says. */
function infoOf(result: GetResult): ObjectInfo {
  const { key, sizeBytes, etag, generation, metageneration, versionId, md5, crc32c, lastModified } = result;
  const { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl, storageClass, metadata } = result;
  const version = { key, sizeBytes, etag, generation, metageneration, versionId, md5, crc32c, lastModified };
  const headers = { contentType, contentDisposition, contentLanguage, cacheControl, storageClass, metadata };
  return { ...version, ...headers, contentEncoding: result.decoded ? undefined : contentEncoding };
}
