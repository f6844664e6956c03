/**
 * Hashes of a datafile's content, and whether two copies are equal by them.
 *
 * @module
 */
import { createHasher, prepareHash, type HashName } from '../../integrity/hasher.ts';
import type { Disk, DiskStat } from '../../platform/types.ts';
import type { AbortOptions } from '../../types.ts';
import { fromHex, toBase64 } from '../../util/base64.ts';
import { chunksOf } from '../../util/streams.ts';
import { FileNotFoundError } from '../errors.ts';
import { look } from './cloud-object.ts';
import { lookLocally } from './local-copy.ts';
import { toText, versionOf, type CloudObject, type DatafileState, type LocalCopy } from './state.ts';

/** The hash of bytes as stores print it, of a file on disk. @throws FileNotFoundError */
export async function hashFile(
  disk: Disk,
  path: string,
  names: readonly HashName[],
  options: AbortOptions,
): Promise<{ hashes: string[]; stat: DiskStat }> {
  await Promise.all(names.map(prepareHash));
  const file = await disk.open(path, options);
  if (!file) throw new FileNotFoundError('there is no such file', { key: path, operation: 'hash' });
  try {
    const hashers = names.map((name) => createHasher(name));
    for await (const chunk of file.read(0, file.sizeBytes, options)) for (const hasher of hashers) hasher.update(chunk);
    const { kind, sizeBytes, mtimeMs, version } = file;
    return { hashes: hashers.map((hasher) => toBase64(hasher.digest())), stat: { kind, sizeBytes, mtimeMs, version } };
  } finally {
    await file.close();
  }
}

/** The CRC-32C of the local file; kept until the file changes. @throws FileNotFoundError */
export async function hashLocal(local: LocalCopy, options: AbortOptions): Promise<string> {
  const now = await lookLocally(local, options);
  if (now && local.hash?.version === now.version) return local.hash.crc32c;
  const { hashes, stat } = await hashFile(await local.place.disk(), local.place.path, ['crc32c'], options);
  local.stat = stat;
  local.hash = { version: stat.version, crc32c: hashes[0]! };
  return local.hash.crc32c;
}

/** Whether the local file has the bytes of the object, as far as the object's checksums tell; undefined when they do not. */
export async function sameContent(local: LocalCopy, { info }: CloudObject, options: AbortOptions): Promise<boolean | undefined> {
  if (!info) return false;
  const now = await lookLocally(local, options);
  const { from } = local;
  if (now && from && from.version === now.version && from.object === versionOf(info)) return true;
  if (!now || now.sizeBytes !== info.sizeBytes) return false;
  if (info.crc32c) return (await hashLocal(local, options)) === info.crc32c;
  const md5 = info.md5 ?? md5OfEtag(info.etag);
  if (!md5) return undefined;
  const { hashes, stat } = await hashFile(await local.place.disk(), local.place.path, ['crc32c', 'md5'], options);
  local.stat = stat;
  local.hash = { version: stat.version, crc32c: hashes[0]! };
  return hashes[1] === md5;
}

/** An ETag that can be an MD5. Where it is none, as of encrypted objects, nothing equals it and the file is sent again: no harm is done. */
function md5OfEtag(etag: string | undefined): string | undefined {
  const hex = /^"([\da-f]{32})"$/.exec(etag ?? '')?.[1];
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
  const info = cloud.info === undefined ? await look(cloud, options) : cloud.info;
  if (!info) throw missing();
  if (info.crc32c) return info.crc32c;
  await prepareHash('crc32c');
  const pinned = { ifMatch: info.generation ?? info.etag, storedBytes: true, signal: options.signal };
  const result = await place.store.get(place.key, pinned);
  if (!result) throw missing();
  const hasher = createHasher('crc32c');
  for await (const chunk of chunksOf(result.stream())) hasher.update(chunk);
  return (info.crc32c = toBase64(hasher.digest()));
}
