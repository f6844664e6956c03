/**
 * One object to another place, by the server where one holds both. Nothing newer is overwritten: what is there is compared, and then
 * replaced under the condition that it is still that.
 *
 * @module
 */
import { sendsLikeAPage } from '#platform';
import { isCloudError } from '../errors.ts';
import { contentTypeOf } from '../store/content-type.ts';
import { md5HexIn } from '../store/headers.ts';
import type { AbortOptions, GetResult, ObjectInfo, PutOptions } from '../types.ts';
import { fromHex, toBase64 } from '../util/base64.ts';
import { asyncDispose } from '../util/dispose.ts';
import { chunksOf } from '../util/streams.ts';
import { hashFile } from './copies/disk-io.ts';
import { hashChunks } from '../integrity/hash-chunks.ts';
import type { WriteAbout } from './copies/types.ts';
import { conditionOf } from './copies/version.ts';
import { CloudPathNotExistsError, OverwriteNewerCloudError } from './errors.ts';
import { mayOverwrite, type OverwriteOptions } from './options.ts';
import { diskOf, diskPath, isOnDisk, sameStore, shown, type Place } from './place.ts';
import { sameObject } from './same.ts';

/** Options of {@link copyFile}. */
export interface CopyFileOptions extends OverwriteOptions {
  /** What is at the target, `null` for nothing; left out it is asked for when something is in the way. */
  target?: ObjectInfo | null | undefined;
  /** Told of what comes from a disk. */
  put?: WriteAbout | undefined;
}

const md5Of = (info: ObjectInfo, { protocol }: Place): string | undefined => {
  const hex = protocol === 's3' ? md5HexIn(info.etag) : undefined;
  return info.md5 ?? (hex && toBase64(fromHex(hex)));
};

/** Of the source's own bytes, where that is on a disk; the target's checksum says which. */
async function diskHash(from: Place, name: 'crc32c' | 'md5', options: AbortOptions): Promise<string | undefined> {
  return (await hashFile(await diskOf(from), diskPath(from), name, options))?.hash;
}

/** Whether two objects have the same bytes, as far as checksums tell. */
async function toldSame(from: Place, a: ObjectInfo, to: Place, b: ObjectInfo, options: AbortOptions): Promise<boolean | undefined> {
  if (a.sizeBytes !== b.sizeBytes) return false;
  if (b.crc32c && (a.crc32c || isOnDisk(from))) return b.crc32c === (a.crc32c ?? (await diskHash(from, 'crc32c', options)));
  const md5 = md5Of(b, to);
  const own = md5 && (md5Of(a, from) ?? (isOnDisk(from) ? await diskHash(from, 'md5', options) : undefined));
  return own ? own === md5 : undefined;
}

/** What a read is held to. A page is not always shown a version that it could compare, and web servers have none that is sure. */
const pinOf = (place: Place, info: ObjectInfo): string | undefined =>
  place.web || (sendsLikeAPage && !isOnDisk(place) && place.protocol !== 'mem') ? undefined : conditionOf(info);

async function readHash(place: Place, info: ObjectInfo, { signal }: AbortOptions): Promise<string | undefined> {
  const result = await place.store.get(place.key, { ifMatch: pinOf(place, info), signal });
  if (!result) return undefined;
  try {
    return await hashChunks('crc32c', chunksOf(result.stream()));
  } finally {
    await result[asyncDispose]();
  }
}

/** Clocks of two stores are compared by the second, which is all that a HEAD of S3 or GCS tells. */
const isOlder = (from: Place, source: ObjectInfo, to: Place, target: ObjectInfo): boolean => {
  const [before, after] = [target.lastModified?.getTime() ?? Infinity, source.lastModified?.getTime() ?? -Infinity];
  // a listing of S3 or GCS may tell more than a HEAD
  const alike = (to.protocol !== 's3' && to.protocol !== 'gs') || (before % 1000 === 0) === (after % 1000 === 0);
  const unit = sameStore(from, to) && alike ? 1 : 1000;
  return Math.floor(before / unit) < Math.floor(after / unit);
};

/**
 * Whether the target has the bytes of the source already. Only where nothing but times is left to say so, it is read.
 *
 * @throws OverwriteNewerCloudError: it has others and is no older, or nobody knows
 */
async function isThere(from: Place, source: ObjectInfo, to: Place, target: ObjectInfo, options: AbortOptions): Promise<boolean> {
  const told = await toldSame(from, source, to, target, options);
  if (told) return true;
  if (isOlder(from, source, to, target)) return false;
  const own = told === undefined ? await readHash(from, source, options) : undefined;
  if (own !== undefined && own === (await readHash(to, target, options))) return true;
  throw newer(to, from);
}

const newer = (to: Place, from: Place, cause?: unknown): OverwriteNewerCloudError =>
  new OverwriteNewerCloudError(`${shown(to)} is no older than ${shown(from)}, or changed meanwhile: forceOverwriteToCloud replaces it`, {
    url: to.text,
    operation: 'copy',
    cause,
  });

const gone = (from: Place): CloudPathNotExistsError =>
  new CloudPathNotExistsError(`${shown(from)} is not there any more`, { url: from.text, operation: 'copy' });

/**
 * Copy one object. On a disk what is there is replaced; elsewhere only what is older, unless forced; what has the same bytes
 * is left as it is.
 *
 * @param source what is known of the object: another version is not copied
 * @returns what has the same bytes at the target, for all that was known of it; undefined when they were sent
 * @throws OverwriteNewerCloudError CloudPathNotExistsError
 */
export async function copyFile(from: Place, source: ObjectInfo, to: Place, options: CopyFileOptions): Promise<ObjectInfo | undefined> {
  const { signal, put } = options;
  if (sameObject(from, to)) return source;
  if (isOnDisk(to) || mayOverwrite(to.context, options)) {
    await transfer(from, source, to, { signal, put });
    return undefined;
  }
  let { target } = options;
  for (let tries = 1; ; tries++) {
    if (target && (await isThere(from, source, to, target, { signal }))) return target;
    const { conditionalWrites } = to.store.capabilities;
    const version = target ? conditionOf(target) : undefined;
    const condition = !conditionalWrites ? {} : target ? (version === undefined ? {} : { ifMatch: version }) : { ifAbsent: true };
    try {
      await transfer(from, source, to, { signal, put, ...condition });
      return undefined;
    } catch (error) {
      if (!isCloudError(error, 'PreconditionFailed')) throw error;
      const now = await to.store.head(to.key, { signal });
      // it is the source that changed
      if (now ? target && conditionOf(now) === version : !target) throw error;
      // the second time somebody writes as often as we look
      if (tries > 1 || options.target !== undefined) throw newer(to, from, error);
      target = now;
    }
  }
}

/** Whether what goes along with the bytes is at the target too, as far as both stores keep it. A service gives a type to what has none. */
function hasAbout(from: Place, source: ObjectInfo, to: Place, target: ObjectInfo): boolean {
  const [own, other] = [from.store.capabilities, to.store.capabilities];
  const headers = own.headers && other.headers;
  if (headers && source.contentType && source.contentType !== target.contentType) return false;
  if (headers && (source.contentEncoding ?? '') !== (target.contentEncoding ?? '')) return false;
  // S3 has names in lower case
  const nameOf = (name: string): string => (from.protocol === to.protocol ? name : name.toLowerCase());
  const textOf = ({ metadata }: ObjectInfo): string =>
    JSON.stringify(
      Object.entries(metadata)
        .map(([name, value]) => [nameOf(name), value])
        .sort(),
    );
  return !(own.metadata && other.metadata) || textOf(source) === textOf(target);
}

/**
 * The same before the source is removed: what is at the target already is looked at once more, since a listing may be old by now, and has to have
 * what goes along with the bytes too. Else it is replaced as what has other bytes is.
 *
 * @throws OverwriteNewerCloudError CloudPathNotExistsError
 */
export async function copyForMove(from: Place, source: ObjectInfo, to: Place, options: CopyFileOptions): Promise<void> {
  const { signal } = options;
  const before = await copyFile(from, source, to, options);
  if (!before) return;
  const target = await to.store.head(to.key, { signal });
  const version = conditionOf(before);
  const stands = target && version !== undefined && conditionOf(target) === version;
  const there = stands ? target : await copyFile(from, source, to, { ...options, target });
  if (!there) return;
  // a listing may tell little of the source
  const info = (await from.store.head(from.key, { signal })) ?? source;
  if (hasAbout(from, info, to, there)) return;
  if (!isOlder(from, info, to, there)) throw newer(to, from);
  try {
    await transfer(from, source, to, {
      signal,
      put: options.put,
      ifMatch: to.store.capabilities.conditionalWrites ? conditionOf(there) : undefined,
    });
  } catch (error) {
    throw isCloudError(error, 'PreconditionFailed') ? newer(to, from, error) : error;
  }
}

type Condition = Pick<CopyFileOptions, 'signal' | 'put'> & Pick<PutOptions, 'ifMatch' | 'ifAbsent'>;

/** By the server, unless it has to hold to a version that is there, which no copy of every service does. */
async function transfer(from: Place, source: ObjectInfo, to: Place, condition: Condition): Promise<void> {
  const { ifMatch, ifAbsent, signal } = condition;
  if (sameStore(from, to) && from.store.copy && ifMatch === undefined) {
    if (!(await from.store.copy(from.key, to.key, { ifMatch: conditionOf(source), ifAbsent, signal }))) throw gone(from);
    return;
  }
  for (let last = false; ; last = true) {
    try {
      return await stream(from, source, to, condition);
    } catch (error) {
      // bytes that were not those of the source: no store keeps a body that breaks off
      if (last || !isCloudError(error, 'IntegrityError') || error.operation !== 'get') throw error;
    }
  }
}

async function stream(from: Place, source: ObjectInfo, to: Place, { put = {}, ...condition }: Condition): Promise<void> {
  const { signal } = condition;
  const { storedBytes, metadata } = from.store.capabilities;
  // a page is not shown by a GET how bytes are encoded
  const shown = storedBytes === true || !metadata ? undefined : await from.store.head(from.key, { signal });
  if (shown === null) throw gone(from);
  const plain = shown && !shown.contentEncoding ? { storedBytes: false } : {};
  const result = await from.store.get(from.key, { signal, ifMatch: pinOf(from, source), ...plain });
  if (!result) throw gone(from);
  try {
    const info = shown ?? result;
    // whether a runtime has decoded is known at the end
    const bytes = storedBytes === false && info.contentEncoding ? await result.bytes() : undefined;
    const sizeBytes = bytes?.length ?? (storedBytes === true && Number.isFinite(result.sizeBytes) ? result.sizeBytes : undefined);
    const about = await aboutOf(from, info, result, to);
    const told = Object.fromEntries(Object.entries(put).filter(([, value]) => value !== undefined));
    await to.store.put(to.key, bytes ?? result.stream(), { ...about, ...told, ...condition, sizeBytes });
  } finally {
    await result[asyncDispose]();
  }
}

/** What goes along with the bytes. */
async function aboutOf(from: Place, info: ObjectInfo, result: GetResult, to: Place): Promise<PutOptions> {
  const { headers, metadata } = to.store.capabilities;
  const { contentDisposition, contentLanguage, cacheControl } = info;
  const contentType = info.contentType ?? (isOnDisk(from) ? await contentTypeOf(to.key.slice(to.key.lastIndexOf('/') + 1)) : undefined);
  const contentEncoding = result.decoded ? undefined : info.contentEncoding;
  return {
    ...(headers && { contentType, contentEncoding, contentDisposition, contentLanguage, cacheControl }),
    ...(metadata && { metadata: info.metadata }),
  };
}
