/**
 * Whether some bytes here are those of an object.
 *
 * @module
 */
import type { HashName } from '../../integrity/hasher.ts';
import { md5HexIn } from '../../store/headers.ts';
import type { AbortOptions, ObjectInfo } from '../../types.ts';
import { fromHex, toBase64 } from '../../util/base64.ts';
import { asyncDispose } from '../../util/dispose.ts';
import { chunksOf } from '../../util/streams.ts';
import { hashChunks } from '../../integrity/hash-chunks.ts';
import type { CloudObject } from './types.ts';
import { conditionOf, versionOf, type CopyVersion } from './version.ts';

/** Bytes that can be hashed. */
export interface Content {
  readonly sizeBytes: number;
  /** Base64. */
  hash(name: HashName): Promise<string>;
}

/**
 * Holds bytes to an object by the checksums that its store tells, else by reading it.
 *
 * @returns the version of the object and of these bytes; undefined when they are not the same
 */
export async function sameContent(
  object: CloudObject,
  info: ObjectInfo,
  content: Content,
  { signal }: AbortOptions,
): Promise<CopyVersion | undefined> {
  const { sizeBytes } = content;
  if (Number.isFinite(info.sizeBytes) && info.sizeBytes !== sizeBytes) return undefined;
  const etag = md5HexIn(info.etag);
  const md5 = info.md5 ?? (etag && toBase64(fromHex(etag)));
  const crc32c = await content.hash('crc32c');
  const version = versionOf(info, { sizeBytes, crc32c });
  if (info.crc32c) return info.crc32c === crc32c ? version : undefined;
  if (md5) return (await content.hash('md5')) === md5 ? version : undefined;
  const result = await object.store.get(object.key, { ifMatch: conditionOf(info), cache: 'read-only', signal });
  if (!result) return undefined;
  try {
    return (await hashChunks('crc32c', chunksOf(result.stream()))) === crc32c ? versionOf(result, { sizeBytes, crc32c }) : undefined;
  } finally {
    await result[asyncDispose]();
  }
}
