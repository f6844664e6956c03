/**
 * Hashes of a datafile's content, and whether two copies are equal by them.
 *
 * @module
 */
import { hashChunks } from '../../integrity/hash-chunks.ts';
import { createHasher, prepareHash, type HashName } from '../../integrity/hasher.ts';
import { md5HexIn } from '../../store/headers.ts';
import type { AbortOptions, ObjectInfo } from '../../types.ts';
import { fromHex, toBase64 } from '../../util/base64.ts';
import { chunksOf } from '../../util/streams.ts';
import { FileNotFoundError } from '../errors.ts';
import { infoOf } from './cloud-object.ts';
import { lookLocally } from './local-copy.ts';
import { toText, versionOf, type CloudObject, type DatafileState, type LocalCopy } from './state.ts';

/** Reads the local file once for its CRC-32C, which is kept, and for another hash; base64, as stores print them. @throws FileNotFoundError */
async function hashOnce(local: LocalCopy, other: HashName | undefined, options: AbortOptions): Promise<{ crc32c: string; other: string }> {
  const { path } = local.place;
  const names: HashName[] = other ? ['crc32c', other] : ['crc32c'];
  await Promise.all(names.map(prepareHash));
  const file = await (await local.place.disk()).open(path, options);
  if (!file) throw new FileNotFoundError('there is no such file', { key: path, operation: 'hash' });
  try {
    const hashers = names.map((name) => createHasher(name));
    for await (const chunk of file.read(0, file.sizeBytes, options)) for (const hasher of hashers) hasher.update(chunk);
    const [crc32c = '', otherHash = ''] = hashers.map((hasher) => toBase64(hasher.digest()));
    const { kind, sizeBytes, mtimeMs, version } = file;
    local.stat = { kind, sizeBytes, mtimeMs, version };
    local.hash = { version, crc32c };
    return { crc32c, other: otherHash };
  } finally {
    await file.close();
  }
}

/** The CRC-32C of the local file; kept until the file changes. @throws FileNotFoundError */
export async function hashLocal(local: LocalCopy, options: AbortOptions): Promise<string> {
  const now = await lookLocally(local, options);
  return now && local.hash?.version === now.version ? local.hash.crc32c : (await hashOnce(local, undefined, options)).crc32c;
}

/** Whether an object's checksums and size are those of encoded bytes, which no reader means. */
export const isEncoded = ({ contentEncoding = '' }: ObjectInfo): boolean => !/^\s*(identity\s*)?$/i.test(contentEncoding);

/**
 * Whether the local file has the bytes of the object, as far as the object's checksums tell; undefined when they do not. Those of encoded bytes
 * only tell of a file that is encoded alike.
 */
export async function sameContent(local: LocalCopy, cloud: CloudObject, options: AbortOptions): Promise<boolean | undefined> {
  const same = await sameStored(local, cloud, options);
  return same === false && cloud.info && local.stat && isEncoded(cloud.info) ? undefined : same;
}

async function sameStored(local: LocalCopy, { info }: CloudObject, options: AbortOptions): Promise<boolean | undefined> {
  if (!info) return false;
  const now = await lookLocally(local, options);
  const { from } = local;
  if (now && from && from.version === now.version && from.object === versionOf(info)) return true;
  if (!now || now.sizeBytes !== info.sizeBytes) return false;
  if (info.crc32c) return (await hashLocal(local, options)) === info.crc32c;
  const md5 = info.md5 ?? md5OfEtag(info.etag);
  if (!md5) return undefined;
  return (await hashOnce(local, 'md5', options)).other === md5;
}

/** An ETag that can be an MD5. Where it is none, as of encrypted objects, nothing equals it and the file is sent again: no harm is done. */
function md5OfEtag(etag: string | undefined): string | undefined {
  const hex = md5HexIn(etag);
  return hex && toBase64(fromHex(hex));
}

/**
 * The hash of the content: of the local file, else of the object, which is read when the store does not tell.
 *
 * @throws FileNotFoundError there is no content
 */
export async function contentHash(state: DatafileState, options: AbortOptions): Promise<string> {
  const { local, cloud } = state;
  if (local && (await lookLocally(local, options))) return hashLocal(local, options);
  if (!cloud) {
    throw new FileNotFoundError(`${toText(state)} has no content yet`, { operation: 'hashValue', key: local?.place.path });
  }
  return objectHash(state, cloud, options);
}

/** The CRC-32C of the object, which is read when the store does not tell. @throws FileNotFoundError */
export async function objectHash(state: DatafileState, cloud: CloudObject, options: AbortOptions): Promise<string> {
  const { place } = cloud;
  const missing = (): FileNotFoundError =>
    new FileNotFoundError(`${toText(state)} is not in the cloud`, { operation: 'hashValue', url: place.url });
  const info = await infoOf(cloud, options);
  if (!info) throw missing();
  if (info.crc32c) return info.crc32c;
  const pinned = { ifMatch: versionOf(info), storedBytes: true, signal: options.signal };
  const result = await place.store.get(place.key, pinned);
  if (!result) throw missing();
  return (info.crc32c = await hashChunks('crc32c', chunksOf(result.stream())));
}
